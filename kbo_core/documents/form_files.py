"""The files in which a district gets its form: ours as XLSX and ODS, or the office's own."""

from kbo_core.documents.form import report_form
from kbo_core.documents.form_layout import OWN, Shape
from kbo_core.documents.form_mapping import OfficeForm
from kbo_core.documents.form_ods import report_form_ods
from kbo_core.documents.form_office import office_form
from kbo_core.documents.papers import Packet

MEDIA_TYPES = {
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".ods": ("application", "vnd.oasis.opendocument.spreadsheet"),
}


def form_files(packet: Packet, own: OfficeForm | None) -> dict[str, bytes]:
    """The district's form by ending of file, the XLSX first."""
    if own is not None:
        return {".xlsx": office_form(packet, own)}
    return {".xlsx": report_form(packet), ".ods": report_form_ods(packet)}


def form_shapes(own: OfficeForm | None) -> tuple[Shape, ...]:
    """The shapes in which forms may come back: the office's first, ours always, for packets sent before."""
    return (own.shape, OWN) if own else (OWN,)
