"""The report form as ODS: the same form for another program."""

import io
import zipfile
from xml.etree import ElementTree

from kbo_core.documents import form_layout as layout
from kbo_core.documents.form import report_form
from kbo_core.documents.form_archive import screened_parts
from kbo_core.documents.form_grids import Grid
from kbo_core.documents.form_kinds import Kind
from kbo_core.documents.form_ods import MIMETYPE, report_form_ods
from kbo_core.documents.form_ods_grids import ods_grids
from kbo_core.documents.form_xlsx_grids import xlsx_grids
from tests.unit.sample_papers import candidate, packet

CONTENT = report_form_ods(packet())
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"


def part(name: str, content: bytes = CONTENT) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ElementTree.fromstring(archive.read(name))  # noqa: S314 - we wrote it ourselves


def tables() -> dict[str, ElementTree.Element]:
    return {str(table.get(f"{TABLE}name")): table for table in part("content.xml").iter(f"{TABLE}table")}


def texts(grids: list[Grid]) -> dict[str, dict[tuple[int, int], str]]:
    return {grid.title: grid.texts for grid in grids}


def test_it_says_what_the_xlsx_says_cell_by_cell() -> None:
    """Every sheet, every cell, every look-up at the same place."""
    for lines, quotas in ((8, None), (0, None), (3, {"5601": 0})):
        one = packet(lines, quotas=quotas)
        ods = ods_grids(screened_parts(report_form_ods(one), "a.ods", Kind.ODS))
        xlsx = xlsx_grids(screened_parts(report_form(one), "a.xlsx", Kind.XLSX))
        assert texts(ods) == texts(xlsx)
        assert [grid.formulas for grid in ods] == [grid.formulas for grid in xlsx]
        assert [set(map(str, g.merges)) for g in ods] == [set(map(str, g.merges)) for g in xlsx]


def test_the_mimetype_comes_first_and_unpacked() -> None:
    """As the format asks, so that the file is known by its first bytes."""
    assert CONTENT[30:38] == b"mimetype"
    assert CONTENT[38 : 38 + len(MIMETYPE)] == MIMETYPE.encode()


def test_the_choices_are_the_candidates_and_every_line_has_them() -> None:
    """By content validation, in each pick cell; the nil word has its own."""
    body = part("content.xml")
    conditions = [str(v.get(f"{TABLE}condition")) for v in body.iter(f"{TABLE}content-validation")]
    assert conditions == [
        f"of:cell-content-is-in-list([$'{layout.CANDIDATE_SHEET}'.$A$1:.$A$8])",
        f'of:cell-content-is-in-list("{layout.NIL_WORD}")',
    ]
    used = [cell.get(f"{TABLE}content-validation-name") for cell in body.iter(f"{TABLE}table-cell")]
    assert (used.count("choice"), used.count("nil")) == (6, 1)


def test_only_the_cells_to_be_filled_are_unlocked() -> None:
    """Six picks and five answers, in protected sheets; the lists are hidden."""
    body = part("content.xml")
    open_looks = {
        style.get(f"{STYLE}name")
        for style in body.iter(f"{STYLE}style")
        if any(p.get(f"{STYLE}cell-protect") == "none" for p in style)
    }
    cells = [c for c in body.iter(f"{TABLE}table-cell") if c.get(f"{TABLE}style-name") in open_looks]
    assert len(cells) == 6 + 5
    found = tables()
    assert all(table.get(f"{TABLE}protected") == "true" for table in found.values())
    hidden = {name for name, table in found.items() if table.get(f"{TABLE}style-name") == "hidden"}
    assert hidden == {layout.CANDIDATE_SHEET, layout.MARK_SHEET}


def test_the_page_is_a4_landscape_with_a_repeated_header_and_the_code_below() -> None:
    """As it is printed and signed."""
    styles = part("styles.xml")
    page = next(styles.iter(f"{STYLE}page-layout-properties"))
    assert (page.get(f"{FO}page-width"), page.get(f"{FO}page-height")) == ("29.7cm", "21cm")
    assert page.get(f"{STYLE}print-orientation") == "landscape"
    (header,) = tables()[layout.SHEET].iter(f"{TABLE}table-header-rows")
    assert layout.PICK_HEADER in "".join(header.itertext())
    footer = next(styles.iter(f"{STYLE}footer"))
    assert "KBO-3/phayao-2568/5601/1" in "".join(footer.itertext())


def test_names_are_looked_up_as_they_are() -> None:
    """Brackets in a name are no regular expression."""
    (settings,) = part("content.xml").iter(f"{TABLE}calculation-settings")
    assert settings.get(f"{TABLE}use-regular-expressions") == "false"


def test_odd_letters_and_blanks_come_back_as_they_were() -> None:
    """Markup, blanks side by side, tabs; what XML cannot hold is left out."""
    names = ("<b>&", "ก  ข", " ก", "ก\tข", "ก\x07ข", "\ufffe")
    one = packet(tuple(candidate(n, name) for n, name in enumerate(names, start=1)))
    grid = ods_grids(screened_parts(report_form_ods(one), "a.ods", Kind.ODS))[2]
    assert [grid.texts.get((row, 1), "") for row in range(6)] == ["<b>&", "ก  ข", " ก", "ก\tข", "กข", ""]


def test_the_same_packet_gives_the_same_bytes() -> None:
    """The file's dates are the packet's."""
    assert report_form_ods(packet()) == CONTENT
    assert b"2024-12-09" in ElementTree.tostring(part("meta.xml"))
