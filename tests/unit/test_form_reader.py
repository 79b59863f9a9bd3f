"""Reading filled forms, and refusing files that are none."""

import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from kbo_core.documents import form_layout as layout
from kbo_core.documents.form import report_form
from kbo_core.documents.form_reader import read_form
from kbo_core.domain.findings import RefusedError
from tests.unit.sample_papers import candidate, packet
from tests.unit.test_form import find

FORM = report_form(packet())


def filled(change: Callable[[Any], None], form: bytes = FORM) -> bytes:
    """The form after a person's changes, saved by another program."""
    book = openpyxl.load_workbook(BytesIO(form))
    change(book[layout.SHEET])
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def pick(sheet: Any, *texts: object) -> None:
    header = find(sheet, layout.PICK_HEADER)
    for line, text in enumerate(texts, start=1):
        sheet.cell(header.row + line, header.column, text)


def answer(sheet: Any, label: str, text: object) -> None:
    place = find(sheet, label)
    sheet.cell(place.row, place.column + layout.ANSWER_OFFSET, text)


def repacked(change: dict[str, bytes | None], form: bytes = FORM) -> bytes:
    """The form with members of its archive added, replaced or removed."""
    output = BytesIO()
    with zipfile.ZipFile(BytesIO(form)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in change:
                new.writestr(name, old.read(name))
        for name, content in change.items():
            if content is not None:
                new.writestr(name, content)
    return output.getvalue()


def part(name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(FORM)) as archive:
        return archive.read(name)


def refusal(content: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        read_form(content, "แบบ.xlsx")
    (finding,) = caught.value.findings
    assert "ให้" in finding.message_th  # it says what to do
    return finding.code


def test_a_filled_form_is_read_back_with_the_cell_of_every_pick() -> None:
    """As a person fills it and another program saves it."""

    def change(sheet: Any) -> None:
        pick(sheet, "P0002 กลุ่มจักสานผักตบชวาสันป่าม่วง หมู่ 2", None, "P0005")
        answer(sheet, layout.REASON_LABEL, " สมัครใจ\nเพียง ๒ กลุ่ม ")
        answer(sheet, layout.REPORTER_LABEL, "นางสาวน้ำทิพย์ ใจดี")
        answer(sheet, layout.POSITION_LABEL, "พัฒนาการอำเภอ")

    form = read_form(filled(change), "แบบ.xlsx")
    assert form.form_code == "KBO-3/phayao-2568/5601/1"
    assert [(p.cell, p.producer_id_guess) for p in form.picks] == [
        ("แบบรายงาน!B11", "P0002"),
        ("แบบรายงาน!B13", "P0005"),
    ]
    assert form.picks[0].text == "P0002 กลุ่มจักสานผักตบชวาสันป่าม่วง หมู่ 2"
    assert (form.reason, form.reason_cell) == ("สมัครใจ เพียง 2 กลุ่ม", "แบบรายงาน!C19")
    assert (form.reporter, form.position) == ("นางสาวน้ำทิพย์ ใจดี", "พัฒนาการอำเภอ")
    assert (form.nil_cell, form.is_nil) == (None, False)


def test_an_untouched_form_is_read_as_empty() -> None:
    """Straight from our own writer."""
    form = read_form(FORM, "แบบ.xlsx")
    assert (form.picks, form.nil_cell, form.is_nil, form.reason, form.reporter) == ((), None, False, "", "")


def test_inserted_rows_and_columns_do_not_matter() -> None:
    """Words are looked for, not positions."""

    def change(sheet: Any) -> None:
        pick(sheet, "P0001", "P0002")
        answer(sheet, layout.NIL_LABEL, "มี")
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(find(sheet, layout.PICK_HEADER).row + 2)
        sheet.insert_rows(1, 3)
        sheet.insert_cols(1)

    form = read_form(filled(change), "แบบ.xlsx")
    assert [(p.cell, p.text) for p in form.picks] == [("แบบรายงาน!C14", "P0001"), ("แบบรายงาน!C16", "P0002")]
    assert (form.nil_cell, form.is_nil) == ("แบบรายงาน!D22", False)


def test_a_nil_return_is_read() -> None:
    """Even when typed with blanks."""
    form = read_form(filled(lambda sheet: answer(sheet, layout.NIL_LABEL, " ไม่ มี ")), "แบบ.xlsx")
    assert (form.nil_cell, form.is_nil) == ("แบบรายงาน!C18", True)


def test_a_dash_means_nothing_was_said() -> None:
    """Offices put dashes in cells that they leave empty."""

    def change(sheet: Any) -> None:
        pick(sheet, "-", "–")
        answer(sheet, layout.NIL_LABEL, "-")
        answer(sheet, layout.REASON_LABEL, "- ")

    form = read_form(filled(change), "แบบ.xlsx")
    assert (form.picks, form.nil_cell, form.reason) == ((), None, "")


def test_a_number_typed_as_an_id_is_read_without_a_decimal_point() -> None:
    """Spreadsheets hold whole numbers as floats; Thai digits count as digits."""
    form = read_form(filled(lambda sheet: pick(sheet, 1042, "๑๐๔๓")), "แบบ.xlsx")
    assert [p.producer_id_guess for p in form.picks] == ["1042", "1043"]


def test_the_hidden_code_serves_when_the_printed_one_was_deleted() -> None:
    """The form is still known to be ours."""

    def change(sheet: Any) -> None:
        find(sheet, "KBO-3/phayao-2568/5601/1").value = None

    assert read_form(filled(change), "แบบ.xlsx").form_code == "KBO-3/phayao-2568/5601/1"


def test_two_different_codes_are_refused() -> None:
    """Someone pasted one district's form into another's."""

    def change(sheet: Any) -> None:
        find(sheet, "KBO-3/phayao-2568/5601/1").value = "KBO-3/phayao-2568/5605/1"

    assert refusal(filled(change)) == "form-codes-differ"


def test_a_workbook_of_another_kind_is_refused() -> None:
    """Any other spreadsheet, and a form whose headings were deleted."""
    output = BytesIO()
    openpyxl.Workbook().save(output)
    assert refusal(output.getvalue()) == "form-not-ours"

    def change(sheet: Any) -> None:
        find(sheet, layout.PICK_HEADER).value = "x"
        find(sheet, layout.NAME_HEADER).value = "y"

    assert refusal(filled(change)) == "form-labels-missing"


def test_a_copied_sheet_is_refused() -> None:
    """Nobody can tell which of the two counts."""
    book = openpyxl.load_workbook(BytesIO(FORM))
    book.copy_worksheet(book[layout.SHEET])
    output = BytesIO()
    book.save(output)
    assert refusal(output.getvalue()) == "form-sheet-copied"


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
ENCRYPTED = OLE + "EncryptedPackage".encode("utf-16-le")
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
EXTERNAL_RELATIONSHIP = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://x/%s" Target="http://evil.example/" TargetMode="External"/></Relationships>'
)
FAR_CELL = (
    b'<?xml version="1.0"?><worksheet><sheetData><row r="1"><c r="A1"/></row>'
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)

HOSTILE: dict[str, tuple[bytes, str]] = {
    "no content": (b"", "form-no-content"),
    "over 5 MB": (b"PK" + bytes(5_000_000), "form-too-large"),
    "a PDF": (b"%PDF-1.7 ...", "form-renamed"),
    "noise": (bytes(range(256)), "form-not-spreadsheet"),
    "a ZIP that is no workbook": (repacked({"xl/workbook.xml": None}), "form-not-spreadsheet"),
    "a cut-off file": (FORM[: len(FORM) // 2], "form-unreadable"),
    "encrypted": (ENCRYPTED, "form-encrypted"),
    "an old workbook named as a new one": (OLE, "form-renamed"),
    "macros": (repacked({"xl/vbaProject.bin": b"x"}), "form-macros"),
    "a macro content type": (
        repacked(
            {"[Content_Types].xml": part("[Content_Types].xml").replace(b"sheet.main", b"sheet.macroEnabled.main")}
        ),
        "form-renamed",
    ),
    "external links": (repacked({"xl/externalLinks/externalLink1.xml": b"<a/>"}), "form-external-links"),
    "embedded objects": (repacked({"xl/embeddings/oleObject1.bin": b"x"}), "form-embedded"),
    "an external relationship": (
        repacked({"xl/worksheets/_rels/sheet1.xml.rels": EXTERNAL_RELATIONSHIP % b"image"}),
        "form-external-links",
    ),
    "a DTD": (repacked({"xl/evil.xml": DOCTYPE}), "form-unsafe-xml"),
    "a DTD in UTF-16": (repacked({"xl/evil.xml": DOCTYPE.decode().encode("utf-16")}), "form-unsafe-xml"),
    "a path upwards": (repacked({"xl/../../evil.xml": b"<a/>"}), "form-unsafe-names"),
    "an absolute path": (repacked({"/etc/evil.xml": b"<a/>"}), "form-unsafe-names"),
    "a name twice in two cases": (repacked({"xl/Workbook.xml": b"<a/>"}), "form-unsafe-names"),
    "a bomb by ratio": (repacked({"xl/bomb.xml": bytes(20_000_000)}), "form-zip-bomb"),
    "a bomb by count": (repacked({f"xl/{n}.xml": b"" for n in range(1001)}), "form-zip-bomb"),
    "a cell in the last corner": (repacked({"xl/worksheets/sheet1.xml": FAR_CELL}), "form-too-wide"),
    "a broken workbook part": (repacked({"xl/workbook.xml": b"<workbook"}), "form-unreadable"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_its_own_code(case: str) -> None:
    """Each kind has one code and says what to do."""
    content, code = HOSTILE[case]
    assert refusal(content) == code


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    """The header's claim is checked by unpacking."""
    content = bytearray(repacked({"xl/lie.xml": b"<a>" + b"x" * 5000 + b"</a>"}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    assert refusal(bytes(content)) == "form-unreadable"


def test_a_typed_mail_address_is_no_reason_to_refuse() -> None:
    """Spreadsheet programs turn it into a hyperlink, which is never followed."""
    content = repacked({"xl/worksheets/_rels/sheet1.xml.rels": EXTERNAL_RELATIONSHIP % b"hyperlink"})
    assert read_form(content, "แบบ.xlsx").picks == ()


def test_a_long_name_chosen_from_the_list_is_read_whole() -> None:
    """What the list shows is what comes back."""
    form = report_form(packet((candidate(1, "ก" * 400),)))
    chosen = openpyxl.load_workbook(BytesIO(form))[layout.CANDIDATE_SHEET]["A1"].value
    read = read_form(filled(lambda sheet: pick(sheet, chosen), form), "แบบ.xlsx")
    assert (read.picks[0].text, read.picks[0].producer_id_guess) == (chosen, "P0001")
