"""What the report form says, whichever kind of file it is written as."""

from datetime import datetime

from kbo_core.documents import form_layout as layout
from kbo_core.documents.papers import Packet
from kbo_core.domain.submission_words import WORDS
from kbo_core.domain.submissions import choice_label
from kbo_core.domain.thai_dates import BANGKOK, long_date

_NAME_WIDTH = 32  # letters of a column of names in one line
_FAULT_WIDTH, _REMEDY_WIDTH = 40, 58  # of the help's columns
_LINE_HEIGHT = 21  # points
_MOST_LINES = 8
_ABOVE_OR_BELOW = frozenset(map(chr, (0x0E31, *range(0x0E34, 0x0E3B), *range(0x0E47, 0x0E4F))))


def title(packet: Packet) -> str:
    return f"{layout.TITLE} ประจำปี {packet.programme_year_be}"


def facts(packet: Packet) -> tuple[tuple[str, str], ...]:
    """What stands at the head: label and text."""
    return (
        (layout.FORM_CODE_LABEL, packet.form_code),
        (layout.DISTRICT_LABEL, f"{packet.district.name_th} จังหวัด{packet.province.name_th}"),
        (layout.QUOTA_LABEL, str(packet.quota)),
        (layout.DEADLINE_LABEL, deadline(packet.due_at)),
    )


def deadline(due_at: datetime) -> str:
    due = due_at.astimezone(BANGKOK)
    return f"วันที่ {long_date(due.date())} เวลา {due:%H.%M} น."


def candidate_rows(packet: Packet) -> list[tuple[str, str, str, str]]:
    """The list behind the choices: label, name, products, stars."""
    return [
        (choice_label(line.producer_id, line.producer_name), line.producer_name, ", ".join(line.products), line.stars)
        for line in packet.candidates
    ]


def marks(packet: Packet) -> tuple[tuple[str, str], ...]:
    """What the form is, for programs: code, cycle, district, revision of the packet, version of the layout."""
    return (
        ("form_code", packet.form_code),
        ("cycle", packet.cycle),
        ("district", packet.district.code),
        ("revision", str(packet.revision)),
        ("form_version", str(layout.VERSION)),
    )


def help_rows() -> list[tuple[str, str, str, str]]:
    """The form's help: what is looked at, what may be found, the remedy, what follows."""
    return [
        (words.subject.value, words.title_th, words.remedy_th, layout.REACH_TH[words.reach]) for words in WORDS.values()
    ]


def help_lines(cells: tuple[str, str, str, str]) -> int:
    """How many lines a row of the help needs."""
    return max(lines_of(cells[1], _FAULT_WIDTH), lines_of(cells[2], _REMEDY_WIDTH))


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of so many letters; marks above and below take no room."""
    return max(1, -(-sum(letter not in _ABOVE_OR_BELOW for letter in text) // width))


def line_height(packet: Packet) -> int:
    """The height of a line of picks in points: two lines of text, or as many as its longest candidate needs."""
    longest = [lines_of(text, _NAME_WIDTH) for cells in candidate_rows(packet) for text in cells[:3]]
    return _LINE_HEIGHT * min(_MOST_LINES, max([2, *longest]))
