"""The follow-up letter: to whoever is overdue, citing the circular; nobody else is pressed."""

import io

import docx

from kbo_core.domain.reminder_plan import Urgency
from kbo_core.office.pressing import follow_up_letter
from tests.cycle import CYCLE, log_of
from tests.wait.desk import Desk, at

UNTIL = at("2025-06-20T16:30")


def text_of(content: bytes) -> str:
    paper = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


def test_it_names_who_is_overdue_and_no_other(desk: Desk) -> None:
    """A second after the deadline; the same facts give the same bytes, and nothing is written down."""
    desk.answer("5601", "A1", "A2", when=at("2025-06-04T10:00"))
    desk.extend("5606", until=UNTIL, when=at("2025-06-04T10:00"))
    log = log_of(desk.office)
    papers = follow_up_letter(desk.office, CYCLE, UNTIL, Urgency.VERY_URGENT, at("2025-06-04T16:30:01"))
    assert sorted(name.rpartition(".")[2] for name in papers) == ["docx", "pdf"]
    text = text_of(next(content for name, content in papers.items() if name.endswith(".docx")))
    assert "แม่ใจ" in text
    assert "เมืองพะเยา" not in text.replace("ศาลากลาง", "")
    assert "อำเภอปง" not in text
    assert papers == follow_up_letter(desk.office, CYCLE, UNTIL, Urgency.VERY_URGENT, at("2025-06-04T16:30:01"))
    assert log_of(desk.office) == log


def test_nobody_is_pressed_without_need(desk: Desk) -> None:
    """In the deadline's own second, with a day that has passed, when all have answered, after the report."""
    with desk.refused("follow-up-needless"):
        follow_up_letter(desk.office, CYCLE, UNTIL, Urgency.URGENT, at("2025-06-04T16:30:00"))
    with desk.refused("deadline-past"):
        follow_up_letter(desk.office, CYCLE, UNTIL, Urgency.URGENT, UNTIL)
    desk.close(at("2025-06-05T10:00"), "ต้องส่งก่อน")
    with desk.refused("follow-up-needless"):
        follow_up_letter(desk.office, CYCLE, UNTIL, Urgency.URGENT, at("2025-06-06T10:00"))
