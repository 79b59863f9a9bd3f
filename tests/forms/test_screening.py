"""What is refused before any parser sees it: each kind has one code and says what to do."""

import csv
import io
import struct
import zipfile
from pathlib import Path

import pytest

from kbo_core.documents import form_ods_grids, form_xls_grids, form_xlsx_grids
from kbo_core.documents.form_grids import TooFarError
from kbo_core.documents.form_reader import read_form
from kbo_core.documents.form_screening import screen
from kbo_core.domain.findings import RefusedError
from tests.forms.archives import ODS, XLS, repacked, with_part, xls_with_entry, xls_with_record
from tests.forms.sheets import FORM, by_hand_as_csv, filled

MADE = Path(__file__).parent / "made"
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
CONTENT = "content.xml"


def _ods(old: bytes, new: bytes) -> bytes:
    return with_part(ODS, CONTENT, old, new)


def _in_ods_body(markup: bytes) -> bytes:
    return _ods(b"<office:spreadsheet>", b"<office:spreadsheet>" + markup)


def _xlsx_relation(kind: bytes, target: bytes = b"../x.bin") -> bytes:
    part = b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    part += b'<Relationship Id="rId9" Type="http://x/relationships/' + kind + b'" Target="' + target + b'"/>'
    return repacked(FORM, {"xl/worksheets/_rels/sheet1.xml.rels": part + b"</Relationships>"})


def _lying(content: bytes) -> bytes:
    """A member that unpacks to more than its header says."""
    changed = bytearray(content)
    at = changed.rindex(b"PK\x01\x02")
    changed[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(changed)


def _with_flag(content: bytes) -> bytes:
    """The first member marked as encrypted."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.index(mark) + offset] |= 1
    return bytes(changed)


def _plain_zip() -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("a.txt", "a")
    return saved.getvalue()


REPEATED = b'<table:table-row table:number-rows-repeated="9000"><table:table-cell office:value-type="string" '
REPEATED += b'table:number-columns-repeated="150"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
HUGE = b'<table:table-row table:number-rows-repeated="9000"><table:table-cell office:value-type="string"><text:p>'
HUGE += b"x" * 9000 + b"</text:p></table:table-cell></table:table-row></table:table>"
LINKED_IMAGE = b'<table:shapes><draw:image xlink:href="http://evil.example/a.png"/></table:shapes>'
SHARED = "xl/sharedStrings.xml"
MANY = b"".join(b'<c r="A%d" t="s"><v>0</v></c>' % n for n in range(1, 9000))

WORKBOOK, WORD = ("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))
CIRCLE = XLS[:512] + XLS[512:].replace(b"\xfe\xff\xff\xff", b"\0\0\0\0")

HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "no content": ("a.ods", b"", "form-no-content"),
    "over 5 MB": ("a.csv", b"x" * 5_000_001, "form-too-large"),
    # Is it what its name says?
    "an ODS named .xlsx": ("a.xlsx", ODS, "form-renamed"),
    "an XLSX named .ods": ("a.ods", FORM, "form-renamed"),
    "an XLSX named .csv": ("a.csv", FORM, "form-renamed"),
    "an XLS named .xlsx": ("a.xlsx", XLS, "form-renamed"),
    "a CSV named .xls": ("a.xls", by_hand_as_csv(filled()), "form-renamed"),
    "HTML named .xls": ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>", "form-renamed"),
    "a PDF named .csv": ("a.csv", b"%PDF-1.7\n...", "form-renamed"),
    "another ending": ("a.docx", FORM, "form-not-spreadsheet"),
    "no ending": ("a", FORM, "form-not-spreadsheet"),
    "noise": ("a.csv", bytes(range(256)) * 9, "form-not-spreadsheet"),
    "another ZIP": ("a.xlsx", _plain_zip(), "form-not-spreadsheet"),
    "an ODS without content": ("a.ods", repacked(ODS, {CONTENT: None}), "form-not-spreadsheet"),
    # ODS
    "a DTD": ("a.ods", repacked(ODS, {"settings.xml": DOCTYPE}), "form-unsafe-xml"),
    "UTF-16": ("a.ods", repacked(ODS, {"settings.xml": "<a/>".encode("utf-16")}), "form-unsafe-xml"),
    "another encoding": (
        "a.ods",
        _ods(b'encoding="UTF-8"', b'encoding="UTF-7"'),
        "form-unsafe-xml",
    ),
    "Basic": ("a.ods", repacked(ODS, {"Basic/Standard/Module1.xml": b"<a/>"}), "form-macros"),
    "Python": ("a.ods", repacked(ODS, {"Scripts/python/a.py": b"x"}), "form-macros"),
    "an event": ("a.ods", _in_ods_body(b'<script:event-listener xmlns:script="s"/>'), "form-macros"),
    "an object": ("a.ods", repacked(ODS, {"Object 1/content.xml": b"<a/>"}), "form-embedded"),
    "an object in the text": ("a.ods", _in_ods_body(b'<draw:object xmlns:draw="d"/>'), "form-embedded"),
    "a linked table": ("a.ods", _in_ods_body(b'<table:table-source table:filter-name="x"/>'), "form-external-links"),
    "DDE": ("a.ods", _in_ods_body(b'<office:dde-source office:dde-topic="x"/>'), "form-external-links"),
    "a picture elsewhere": ("a.ods", _in_ods_body(LINKED_IMAGE), "form-external-links"),
    "WEBSERVICE": (
        "a.ods",
        _ods(b"table:formula='of:=COUNTA(", b"table:formula='of:=WEBSERVICE(&quot;http://x&quot;)+COUNTA("),
        "form-external-links",
    ),
    "encrypted parts": (
        "a.ods",
        with_part(ODS, "META-INF/manifest.xml", b"</manifest:manifest>", b"<manifest:encryption-data/>"),
        "form-encrypted",
    ),
    "repeated cells": ("a.ods", _ods(b"</table:table>", REPEATED), "form-too-wide"),
    "repeated letters": ("a.ods", _ods(b"</table:table>", HUGE), "form-too-wide"),
    "a far row": (
        "a.ods",
        _ods(
            b"</table:table>",
            b'<table:table-row table:number-rows-repeated="1000000"/><table:table-row><table:table-cell '
            b'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>',
        ),
        "form-too-wide",
    ),
    "a number that is none": ("a.ods", _ods(b'repeated="1"', b'repeated="x"'), "form-unreadable"),
    "a broken part": ("a.ods", _ods(b"</table:table>", b""), "form-unreadable"),
    # Office Open XML
    "VBA elsewhere": ("a.xlsx", _xlsx_relation(b"vbaProject"), "form-macros"),
    "VBA in an XLSM": ("a.xlsm", repacked(FORM, {"xl/vbaProject.bin": b"x"}), "form-macros"),
    "an Excel 4 macro sheet": ("a.xlsx", _xlsx_relation(b"xlMacrosheet"), "form-macros"),
    "OLE elsewhere": ("a.xlsx", _xlsx_relation(b"oleObject"), "form-embedded"),
    "a control": ("a.xlsx", _xlsx_relation(b"control"), "form-embedded"),
    "a package": ("a.xlsx", _xlsx_relation(b"package"), "form-embedded"),
    "links elsewhere": ("a.xlsx", _xlsx_relation(b"externalLink"), "form-external-links"),
    "a sheet under an odd name with a DTD": ("a.xlsx", repacked(FORM, {"xl/odd.dat": DOCTYPE}), "form-unsafe-xml"),
    "one text in many cells": (
        "a.xlsx",
        repacked(
            FORM,
            {
                SHARED: b"<sst><si><t>" + b"x" * 30_000 + b"</t></si></sst>",
                "xl/worksheets/sheet1.xml": b"<worksheet><sheetData>" + MANY + b"</sheetData></worksheet>",
            },
        ),
        "form-too-wide",
    ),
    "cells without addresses": (
        "a.xlsx",
        repacked(
            FORM,
            {
                "xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"
                + b"<c><v>1</v></c>" * 300
                + b"</row></sheetData></worksheet>"
            },
        ),
        "form-too-wide",
    ),
    # Archives
    "a path upwards": ("a.ods", repacked(ODS, {"../evil.xml": b"<a/>"}), "form-unsafe-names"),
    "a drive": ("a.ods", repacked(ODS, {"C:evil.xml": b"<a/>"}), "form-unsafe-names"),
    "a back slash": ("a.xlsx", repacked(FORM, {"xl\\evil.xml": b"<a/>"}), "form-unsafe-names"),
    "a name twice": ("a.ods", repacked(ODS, {"Content.xml": b"<a/>"}), "form-unsafe-names"),
    "a bomb by ratio": ("a.ods", repacked(ODS, {"bomb.xml": bytes(15_000_000)}), "form-zip-bomb"),
    "a bomb by count": ("a.ods", repacked(ODS, {f"{n}.xml": b"" for n in range(1001)}), "form-zip-bomb"),
    "a bomb by total": ("a.ods", repacked(ODS, {f"{n}.xml": bytes(999_999) for n in range(25)}), "form-zip-bomb"),
    "a lie about a size": ("a.ods", _lying(ODS), "form-unreadable"),
    "an encrypted member": ("a.xlsx", _with_flag(FORM), "form-encrypted"),
    # XLS
    "VBA in an XLS": ("a.xls", xls_with_entry("_VBA_PROJECT_CUR"), "form-macros"),
    "VBA told by a record": ("a.xls", xls_with_record(0x00E1, b"", as_kind=0x00D3), "form-macros"),
    "a macro sheet in an XLS": ("a.xls", xls_with_record(0x0085, b"\0\0\0\0\0\x01"), "form-macros"),
    "an object in an XLS": ("a.xls", xls_with_entry("MBD0018D4CE"), "form-embedded"),
    "a password in an XLS": ("a.xls", xls_with_record(0x00E1, b"", as_kind=0x002F), "form-encrypted"),
    "an encrypted XLSX": ("a.xlsx", xls_with_entry("EncryptedPackage"), "form-encrypted"),
    "another compound file": ("a.xls", XLS.replace(WORKBOOK, WORD), "form-not-spreadsheet"),
    "half an XLS": ("a.xls", XLS[: len(XLS) // 2], "form-unreadable"),
    "sectors in a circle": ("a.xls", CIRCLE, "form-unreadable"),
    # CSV
    "no encoding at all": ("a.csv", b"\xfc\xfd\xfe\xff,\xdb\xdc\xdd\n", "form-encoding"),
    "half a letter of UTF-16": ("a.csv", by_hand_as_csv(filled(), "utf-16")[:-1], "form-encoding"),
    "a quotation mark without its pair": (
        "a.csv",
        by_hand_as_csv(filled()).replace("รหัสแบบ".encode(), '"รหัสแบบ'.encode(), 1),
        "form-csv-broken",
    ),
    "a row without end": ("a.csv", b",".join([b"x"] * 300), "form-too-wide"),
    "rows without end": ("a.csv", b"x\n" * 10_001, "form-too-wide"),
}
PARSED_FIRST = ("form-too-wide", "form-unreadable", "form-csv-broken", "form-encoding")


def _refused(content: bytes, name: str) -> str:
    with pytest.raises(RefusedError) as caught:
        read_form(content, name)
    (finding,) = caught.value.findings
    assert finding.where == name
    assert "ให้" in finding.message_th  # it says what to do
    return finding.code


@pytest.mark.parametrize("case", HOSTILE)
def test_each_kind_of_bad_file_has_its_own_code(case: str) -> None:
    """And says what to do."""
    name, content, code = HOSTILE[case]
    assert _refused(content, name) == code


@pytest.mark.parametrize("case", [case for case, (_, _, code) in HOSTILE.items() if code not in PARSED_FIRST])
def test_no_parser_sees_what_is_refused(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parsers are taken away: the refusal is the same."""

    def forbidden(*_: object) -> None:
        raise AssertionError("a parser was called")

    monkeypatch.setattr(form_xlsx_grids, "walk", forbidden)
    monkeypatch.setattr(form_ods_grids, "walk", forbidden)
    monkeypatch.setattr(form_xls_grids, "CalamineWorkbook", forbidden)
    monkeypatch.setattr(csv, "reader", forbidden)
    name, content, code = HOSTILE[case]
    assert _refused(content, name) == code


def test_an_empty_folder_and_a_thumbnail_in_an_ods_do_no_harm() -> None:
    """LibreOffice leaves both."""
    content = repacked(ODS, {"Configurations2/images/": b"", "Thumbnails/thumbnail.png": b"\x89PNG <!DOCTYPE"})
    assert read_form(content, "a.ods").picks == ()


def test_the_longest_text_of_an_xls_is_known_before_it_is_parsed() -> None:
    """One long text in very many cells would fill the memory; texts go over from record to record."""
    for file in sorted(MADE.glob("*.xls")):
        if file.name.startswith("pass-"):
            screened = screen(file.read_bytes(), file.name)
            grids = form_xls_grids.xls_grids(screened.content, screened.stream)
            longest = max(len(text) for grid in grids for text in grid.texts.values())
            assert form_xls_grids.longest_text(screened.stream) == longest
    first = b"\2\0\0\0\2\0\0\0" + b"\5\0\0ab"  # five letters, two of them here
    parts = [(0xFC, first), (0x3C, b"\1" + "กขค".encode("utf-16-le") + b"\3\0\x08"), (0x3C, b"\1\0abc" + bytes(4))]
    stream = b"".join(struct.pack("<HH", kind, len(part)) + part for kind, part in parts)
    assert form_xls_grids.longest_text(stream) == 5


def test_a_long_text_in_many_cells_of_an_xls_is_refused() -> None:
    """Sixty thousand letters, twenty thousand times."""
    text = struct.pack("<IIHB", 1, 1, 60_000, 0)
    cells = b"".join(struct.pack("<HH10x", 0xFD, 10) for _ in range(20_000))
    pieces = [b"x" * 8_000] * 7 + [b"x" * 4_000]
    strings = struct.pack("<HH", 0xFC, len(text)) + text
    strings += b"".join(struct.pack("<HH", 0x3C, 1 + len(piece)) + b"\0" + piece for piece in pieces)
    sheet_at = 20 + 12 + len(strings) + 4
    begin = struct.pack("<HH", 0x0809, 16) + bytes(16)
    globals_ = begin + struct.pack("<HHI4x", 0x85, 8, sheet_at) + strings + struct.pack("<HH", 0x0A, 0)
    assert len(globals_) == sheet_at
    with pytest.raises(TooFarError):
        form_xls_grids.xls_grids(b"", globals_ + begin + cells)
