"""Letters with sample facts, one for each thing that a template may say: what an office's own template is tried on."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from kbo_core.documents import follow_up, letter, report_letter
from kbo_core.documents.follow_up import follow_up_docx
from kbo_core.documents.letter import covering_letter_docx
from kbo_core.documents.message_samples import sample_packet
from kbo_core.documents.paper_style import Form, PaperStyle
from kbo_core.documents.papers import (
    DistrictLine,
    FollowUp,
    IneligibleLine,
    OverdueDistrict,
    ReasonCount,
    Report,
    ShortageLine,
    Span,
)
from kbo_core.documents.report_letter import report_letter_docx
from kbo_core.documents.word_templates import covering_letter_template, department_letter_template, follow_up_template
from kbo_core.domain.areas import districts, provinces

_REASON = "ไม่ใช่ประเภทกลุ่มผู้ผลิตชุมชน (ข้อ ๑)"
_PACKETS = (
    replace(
        sample_packet(2, 2),
        barred=(ReasonCount(_REASON, 1),),
        guideline=(("๑", "เป็นกลุ่มผู้ผลิตชุมชนเท่านั้น"),),
        ineligible=(IneligibleLine("P0002", "กลุ่มน้ำผึ้งป่าบ้านถ้ำ", _REASON),),
    ),
    sample_packet(0, 1),
)


def _follow_up(*codes: str, urgency: str) -> FollowUp:
    due_at = datetime(2024, 12, 27, 9, 30, tzinfo=UTC)
    return FollowUp(
        cycle="kbo-2568-56",
        programme_year_be=2568,
        province=provinces()["56"],
        circular_number="พย 0019.2/ว 15286",
        circular_issued_on=date(2024, 12, 5),
        made_on=date(2025, 1, 3),
        until=datetime(2025, 1, 10, 9, 30, tzinfo=UTC),
        urgency=urgency,
        overdue=tuple(OverdueDistrict(districts()[code], 2, due_at, 7, 4) for code in codes),
    )


_FOLLOW_UPS = (_follow_up("5607", urgency="ด่วนที่สุด"), _follow_up("5607", "5605", urgency=""))


def _try_covering(form: Form) -> Callable[[bytes], None]:
    def attempt(template: bytes) -> None:
        for packet in _PACKETS:
            covering_letter_docx(packet, template, PaperStyle(form))

    return attempt


def _try_follow_up(template: bytes) -> None:
    for facts in _FOLLOW_UPS:
        follow_up_docx(facts, template)


def _report(picked: int, version: int) -> Report:
    due_at, made_at = datetime(2024, 12, 27, 9, 30, tzinfo=UTC), datetime(2025, 1, 3, 2, 0, tzinfo=UTC)
    line = DistrictLine(
        district=districts()["5607"],
        quota_opened=2,
        quota=2,
        picked=picked,
        candidates=2,
        due_at=due_at,
        submitted_at=due_at,
        timeliness=("on_time", "ทันกำหนด"),
        reminders=0,
        state_th="รับแล้ว",
        note_th="",
        explained_th="",
    )
    return Report(
        cycle="kbo-2568-56",
        version=version,
        programme_year_be=2568,
        province=provinces()["56"],
        circular_number="พย 0019.2/ว 15286",
        circular_issued_on=date(2024, 12, 5),
        due_at=due_at,
        made_at=made_at,
        names=(),
        lines=(line,),
        shortage=ShortageLine("ทั้งจังหวัด", False, 2, 2, 0, 0, 0),
        settled=(),
        snapshot_sha256="",
        definition_sha256="",
        log_head="",
        span=Span(due_at, due_at, None, None),
    )


def _try_department_letter(template: bytes) -> None:
    for report in (_report(2, 1), _report(1, 2)):  # with nothing out of the ordinary, and with something
        report_letter_docx(report, template)


# Each raises RefusedError for a template that cannot be used.
TRIALS: Mapping[str, Callable[[bytes], None]] = {
    letter.NAMES[Form.LETTER]: _try_covering(Form.LETTER),
    letter.NAMES[Form.MEMORANDUM]: _try_covering(Form.MEMORANDUM),
    follow_up.NAME: _try_follow_up,
    report_letter.NAME: _try_department_letter,
}


def shipped_templates(style: PaperStyle) -> dict[str, bytes]:
    """The templates that come with the programme, by name."""
    return {
        **{name: covering_letter_template(replace(style, form=form)) for form, name in letter.NAMES.items()},
        follow_up.NAME: follow_up_template(style),
        report_letter.NAME: department_letter_template(style.face),
    }
