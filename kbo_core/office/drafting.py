"""Letters drafted from a cycle as it stands, for a person to edit, number and sign. Nothing is changed or sent."""

from collections.abc import Collection, Iterator
from datetime import datetime

from kbo_core.documents import follow_up, letter
from kbo_core.documents.paper_style import PaperStyle
from kbo_core.documents.papers import FollowUp, OverdueDistrict, Packet
from kbo_core.domain.areas import districts
from kbo_core.domain.findings import blocked, refused
from kbo_core.domain.thai_dates import bangkok_day, short_instant
from kbo_core.office.candidates import candidates_of
from kbo_core.office.definitions import definition_of
from kbo_core.office.office import Office
from kbo_core.office.opening import packet_of
from kbo_core.office.own_papers import own_template
from kbo_core.store.reading import assignments, decided_producers, get_assignment, get_cycle, messages


def covering_letters(
    office: Office, cycle_id: str, district_codes: Collection[str], style: PaperStyle
) -> Iterator[tuple[str, bytes]]:
    """The covering letter of each district that has a packet, in Word and PDF: file name and content.

    Of these districts, or of all where none is named.
    """
    template = own_template(office.home, letter.NAMES[style.form])
    for packet in _packets(office, cycle_id, district_codes):
        name = f"letter-{cycle_id}-{packet.district.code}-{packet.revision:02}"
        yield f"{name}.docx", letter.covering_letter_docx(packet, template, style)
        yield f"{name}.pdf", letter.covering_letter(packet, style)


def follow_up_letter(office: Office, facts: FollowUp, style: PaperStyle) -> Iterator[tuple[str, bytes]]:
    """The follow-up letter in Word and PDF: file name and content."""
    name = f"follow-up-{facts.cycle}-{facts.made_on:%Y-%m-%d}"
    yield f"{name}.docx", follow_up.follow_up_docx(facts, own_template(office.home, follow_up.NAME), style)
    yield f"{name}.pdf", follow_up.follow_up_pdf(facts, style)


def overdue(
    office: Office, cycle_id: str, district_codes: Collection[str], *, until: datetime, urgency: str, at: datetime
) -> FollowUp:
    """Who has let the deadline's day pass without an answer: of these districts, or of all where none is named.

    Raises BlockedError when nobody has, RefusedError for a new day that has passed or a district that owes nothing.
    """
    if until <= at:
        raise refused(
            "follow-up-past",
            "--until",
            f"กำหนดใหม่ {short_instant(until)} ผ่านไปแล้ว ระบุเวลาที่ยังไม่ถึง",
            f"{until.isoformat()} has passed already",
        )
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        definition = definition_of(connection, cycle)
        asked = [get_assignment(connection, cycle_id, code) for code in dict.fromkeys(district_codes)]
        late = {
            a.district_code: days
            for a in asked or assignments(connection, cycle_id)
            if a.state.owes and a.dispatched_at and (days := (bangkok_day(at) - bangkok_day(a.due_at)).days) > 0
        }
        if cycle.state != "open" or not late or len(late) < len(asked):
            waiting = ", ".join(a.district_code for a in asked if a.district_code not in late) or cycle_id
            raise blocked(
                "follow-up-needless",
                waiting,
                "ไม่มีอำเภอที่เกินกำหนดโดยยังไม่รายงาน จึงไม่ต้องมีหนังสือติดตาม",
                "no district here is overdue, so no letter is due",
            )
        sent = messages(connection, cycle_id, kind="reminder", state="sent")
        return FollowUp(
            cycle=cycle_id,
            programme_year_be=definition.programme_year_be,
            province=definition.province,
            circular_number=definition.circular.number,
            circular_issued_on=definition.circular.issued_on,
            made_on=bangkok_day(at),
            until=until,
            urgency=urgency,
            overdue=tuple(
                OverdueDistrict(
                    districts()[a.district_code],
                    a.quota,
                    a.due_at,
                    late[a.district_code],
                    len({m.step for m in sent if m.district_code == a.district_code}),
                )
                for a in assignments(connection, cycle_id)
                if a.district_code in late
            ),
        )


def _packets(office: Office, cycle_id: str, district_codes: Collection[str]) -> Iterator[Packet]:
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        definition, known = definition_of(connection, cycle), assignments(connection, cycle_id)
        for code in district_codes:
            get_assignment(connection, cycle_id, code)
        decided, quotas = decided_producers(connection, cycle), {a.district_code: a.quota for a in known}
        for assignment in known:
            code = assignment.district_code
            if assignment.packet_revision and (not district_codes or code in district_codes):
                here = [p for p in decided if p.district_code == code]
                allowed = candidates_of(connection, cycle, code)
                yield packet_of(cycle, definition, assignment, here, allowed, quotas, assignment.packet_revision)
