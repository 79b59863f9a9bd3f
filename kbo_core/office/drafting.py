"""The covering letters of a cycle as it stands, for a person to edit, number and sign. Nothing is changed or sent."""

from collections.abc import Collection, Iterator

from kbo_core.documents import letter
from kbo_core.documents.paper_style import PaperStyle
from kbo_core.documents.papers import Packet
from kbo_core.office.candidates import candidates_of
from kbo_core.office.definitions import definition_of
from kbo_core.office.office import Office
from kbo_core.office.opening import packet_of
from kbo_core.office.own_papers import own_template
from kbo_core.store.reading import assignments, decided_producers, get_assignment, get_cycle


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
