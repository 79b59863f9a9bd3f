"""The words of the messages: as they were, and as an office writes them."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from kbo_core.documents.message_samples import SAMPLES
from kbo_core.documents.message_templates import SHIPPED, write_shipped
from kbo_core.documents.messages import Wording, sample_facts
from kbo_core.domain.areas import districts
from kbo_core.domain.findings import Finding, RefusedError
from kbo_core.domain.reminder_plan import PlannedStep, ReminderPlan
from kbo_core.domain.reminders import Step
from tests.unit.sample_papers import DUE_AT

SAID = Path(__file__).parent / "messages"


@pytest.mark.parametrize("name", SAMPLES)
def test_every_message_says_what_is_written_beside_it(name: str) -> None:
    """Subject, a blank line, body: byte for byte the text in ``messages/``."""
    subject, body = SAMPLES[name](Wording())
    assert f"{subject}\n\n{body}" == (SAID / f"{name}.txt").read_bytes().decode()


def test_every_text_belongs_to_a_sample_and_every_template_has_one() -> None:
    """No text that nothing says, no template that nothing tries."""
    assert {file.stem for file in SAID.iterdir()} == set(SAMPLES)
    parts = {"signature", "time-left", "by-when", "desk"}
    assert {file.stem for file in SHIPPED.glob("*.txt")} == {name for name, _ in sample_facts()} | parts


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder of an office's own templates."""
    folder = tmp_path / "templates" / "messages"
    folder.mkdir(parents=True)
    return folder


def faults(own: Path) -> list[Finding]:
    with pytest.raises(RefusedError) as refused:
        Wording(own).check()
    return refused.value.findings


def test_the_shipped_words_pass_their_own_check(own: Path) -> None:
    """Written out and unchanged, they say the same."""
    assert write_shipped(own)
    Wording(own).check()
    for said in SAMPLES.values():
        assert said(Wording(own)) == said(Wording())
    assert write_shipped(own) == []


def test_an_office_writes_one_message_and_keeps_the_others(own: Path) -> None:
    """Typed in Notepad: a byte order mark, Windows line ends, no line end at the end."""
    (own / "receipt.txt").write_bytes("\ufeffรับแล้ว {{ reference }}\r\n\r\nเรียน {{ chief }} ขอบคุณ".encode())
    wording = Wording(own)
    wording.check()
    assert SAMPLES["receipt"](wording) == ("รับแล้ว R-5607-02-0a1b2c3d", "เรียน นายอำเภอแม่ใจ ขอบคุณ\n")
    assert SAMPLES["packet"](wording) == SAMPLES["packet"](Wording())


def test_the_signature_is_changed_in_one_place(own: Path) -> None:
    """Every message ends with it."""
    (own / "signature.txt").write_text("กลุ่มงานส่งเสริมการพัฒนาชุมชน จังหวัด{{ province }}\n", encoding="utf-8")
    wording = Wording(own)
    wording.check()
    for said in SAMPLES.values():
        assert said(wording)[1].endswith("\n\nกลุ่มงานส่งเสริมการพัฒนาชุมชน จังหวัดพะเยา\n")


def test_a_change_counts_from_the_next_message_on(own: Path) -> None:
    """A server that runs for months reads the file again when it changed, and forgets one that is gone."""
    wording, file = Wording(own), own / "receipt.txt"
    for number, subject in enumerate(("ก", "ข")):
        file.write_text(f"{subject}\n\nรับแล้ว\n", encoding="utf-8")
        os.utime(file, ns=(number, number))
        assert SAMPLES["receipt"](wording)[0] == subject
    file.unlink()
    assert SAMPLES["receipt"](wording) == SAMPLES["receipt"](Wording())


BROKEN = {
    "a tag left open": ("{{ cycle }} เรื่อง\n\nเรียน\n{% if days %}\nเนื้อความ", "wording-syntax", 5),
    "a tag that is none": ("เรื่อง\n\n{% unless days %}", "wording-syntax", 3),
    "a name that is not there": ("เรื่อง\n\nเรียน {{ cheif }}", "wording-unknown-name", 3),
    "such a name where no sample comes": (
        "เรื่อง\n\nเรียน\n{% if days > 999 %}{{ dayz }}{% endif %}",
        "wording-unknown-name",
        4,
    ),
    "a part of a fact that is not there": ("เรื่อง\n\n{{ cycle.name }}", "wording-unknown-name", 3),
    "a part that is no file": ('เรื่อง\n\n{% include "../../kbo.sqlite3" %}', "wording-unknown-name", 3),
    "the insides of the program": ("เรื่อง\n\n{{ cycle.__class__.__mro__ }}", "wording-unsafe", 3),
    "a function": ("เรื่อง\n\n{{ range(9) }}", "wording-unknown-name", 3),
    "words added to a number": ('เรื่อง\n\n{{ days + "วัน" }}', "wording-unusable", 3),
    "itself again": ('เรื่อง\n\n{% include "reminder.txt" %}', "wording-unusable", 3),
    "no subject": ("\n\nเรียน", "wording-subject", 1),
    "a subject that no sample fills": ("{% if days > 999 %}เรื่อง{% endif %}\n\nเรียน", "wording-subject", 1),
    "a subject of two lines": ("เรื่อง\nต่อ\n\nเรียน", "wording-subject", 1),
    "a subject broken by another sign": ("เรื่อง\u2028ต่อ\n\nเรียน", "wording-subject", 1),
    "no body": ("เรื่อง\n", "wording-subject", 1),
}


@pytest.mark.parametrize(("text", "code", "line"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_template_is_refused_with_file_and_line(text: str, code: str, line: int, own: Path) -> None:
    """One fault, one finding, whatever samples meet it."""
    (own / "reminder.txt").write_text(text, encoding="utf-8")
    (found,) = faults(own)
    assert (found.code, found.where) == (code, f"{own / 'reminder.txt'}:{line}")


def test_a_broken_part_is_told_once_for_all_messages(own: Path) -> None:
    """The file named is the part, not the messages that take it in."""
    (own / "time-left.txt").write_text("อีก {{ dayz }} วัน", encoding="utf-8")
    (found,) = faults(own)
    assert (found.code, found.where) == ("wording-unknown-name", f"{own / 'time-left.txt'}:1")


def test_a_file_in_another_encoding_is_refused(own: Path) -> None:
    """As an old editor saves Thai."""
    (own / "packet.txt").write_bytes("เรื่อง\n\nเรียน".encode("cp874"))
    assert [(f.code, f.where) for f in faults(own)] == [("wording-encoding", str(own / "packet.txt"))]


def test_a_file_that_no_message_has_is_refused(own: Path) -> None:
    """A name typed wrong would be a wording that is never used."""
    (own / "reminders.txt").write_text("เรื่อง\n\nเรียน", encoding="utf-8")
    (found,) = faults(own)
    assert (found.code, found.where) == ("wording-unknown-file", str(own / "reminders.txt"))


def test_a_plan_may_name_a_reminder_of_the_offices_own(own: Path) -> None:
    """It is tried as the others are; a name that has no file is refused."""
    plan = ReminderPlan(steps=(PlannedStep(days=-7, wording="reminder-friendly"),))
    with pytest.raises(RefusedError, match=r"wording-missing .*reminder-friendly"):
        Wording(own).check(plan)
    (own / "reminder-friendly.txt").write_text("อีก {{ days }} วัน\n\nเรียน {{ chief }}\n", encoding="utf-8")
    Wording(own).check(plan)
    at = DUE_AT - timedelta(days=7)
    words = Wording(own).reminder(
        *("kbo", "พะเยา", "พย 1/ว 2", date(2024, 12, 5), districts()["5607"], DUE_AT, Step(-7, at), at),
        wording="reminder-friendly",
    )
    assert words == ("อีก 7 วัน", "เรียน นายอำเภอแม่ใจ\n")
    (own / "reminder-friendly.txt").write_text("อีก {{ day }} วัน\n\nเรียน\n", encoding="utf-8")
    (found,) = faults(own)
    assert (found.code, found.where) == ("wording-unknown-name", f"{own / 'reminder-friendly.txt'}:1")


def test_every_fault_is_told_at_once(own: Path) -> None:
    """An office corrects all of them in one go."""
    (own / "packet.txt").write_text("{{ x }}\n\n{{ y }}", encoding="utf-8")
    (own / "receipt.txt").write_text("เรื่อง\n\n{% if %}", encoding="utf-8")
    assert {(f.code, Path(f.where).name) for f in faults(own)} == {
        ("wording-unknown-name", "packet.txt:1"),
        ("wording-unknown-name", "packet.txt:3"),
        ("wording-syntax", "receipt.txt:3"),
    }


def test_names_from_a_register_are_never_read_as_template(own: Path) -> None:
    """What a district typed comes out as it went in."""
    (own / "receipt.txt").write_text("เรื่อง\n\n{{ names | join }}", encoding="utf-8")
    words = Wording(own).receipt("kbo", "พะเยา", districts()["5607"], "R-1", 1, ["{{ cycle }}", "<b>&"], DUE_AT)
    assert words[1] == "{{ cycle }}<b>&\n"
