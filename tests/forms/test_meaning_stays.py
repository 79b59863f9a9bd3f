"""Whatever keeps the meaning of a form gives the same picks; whatever harms its bytes gives findings, never a crash."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbo_core.documents import form_layout as layout
from kbo_core.domain.findings import Severity
from kbo_core.domain.thai_text import thai_digits
from tests.forms.archives import ODS, XLS, part_of, repacked
from tests.forms.judging import judged
from tests.forms.sheets import (
    CODE,
    FORM,
    LABELS,
    NAMES,
    REPORTER,
    Sheet,
    by_hand_as_csv,
    by_hand_as_ods,
    by_openpyxl,
    by_xlsxwriter,
    filled,
)

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WRITERS = {
    "a.xlsx": by_openpyxl,
    "b.xlsx": by_xlsxwriter,
    "c.ods": by_hand_as_ods,
    "d.csv": by_hand_as_csv,
}
IDS = [i for i in NAMES if i != "P0007"]  # it is another district's
LABELS_TYPED = {
    layout.PICK_HEADER: ["รหัส", "รหัสกลุ่มผู้ผลิต", "เลขทะเบียน"],
    layout.NAME_HEADER: ["ชื่อกลุ่ม", "ชื่อผู้ผลิต"],
    layout.NUMBER_HEADER: ["ที่", "ลำดับที่"],
    layout.PRODUCTS_HEADER: ["สินค้า", "ชื่อผลิตภัณฑ์"],
    layout.STARS_HEADER: ["ดาว"],
    layout.COUNT_LABEL: ["รวม", "เลือกแล้ว"],
    layout.NIL_LABEL: ["ไม่มีกลุ่มที่เข้าเกณฑ์"],
    layout.REASON_LABEL: ["เหตุผล", "เหตุผลที่ไม่ครบ"],
    layout.REPORTER_LABEL: ["ผู้รายงาน"],
    layout.POSITION_LABEL: ["ตำแหน่งผู้รายงาน"],
    layout.FORM_CODE_LABEL: ["รหัสแบบรายงาน"],
}


def _typed(text: str, pick: Random) -> str:
    """The same text as somebody else would type it."""
    ways: list[Callable[[str], str]] = [
        lambda t: f" {t}\u00a0",
        lambda t: t.replace(" ", "  "),
        lambda t: t.replace("\u0e33", "\u0e4d\u0e32"),
        lambda t: thai_digits(t),
        lambda t: "\u200b".join([t[:3], t[3:]]),
        lambda t: t.replace("\u0e49", "\u0e49\u0e49"),
        lambda t: t.replace("แ", "เเ"),
        lambda t: "\ufeff" + t,
    ]
    for way in pick.sample(ways, pick.randint(0, 3)):
        text = way(text)
    return text


def _said(producer_id: str, pick: Random) -> str:
    said = pick.choice([LABELS[producer_id], producer_id, producer_id.lower(), NAMES[producer_id]])
    return _typed(pick.choice(["", "", "'"]) + said, pick)


def _bent(sheet: Sheet, pick: Random) -> None:
    """Rows, columns and words moved about; the table stays a table, and the answers stay beside their labels."""
    header, _ = sheet.place(layout.PICK_HEADER)
    foot, _ = sheet.place(layout.COUNT_LABEL)
    if pick.random() < 0.4:
        swapped = pick.sample(range(len(layout.HEADERS)), len(layout.HEADERS))
        for row in range(header, foot):
            cells = sheet.rows[row] + [""] * len(layout.HEADERS)
            sheet.rows[row] = [cells[n] for n in swapped]
    if pick.random() < 0.4:
        questions = sheet.rows[foot:]
        pick.shuffle(questions)
        sheet.rows[foot:] = questions
    if pick.random() < 0.3:
        sheet.rows = [*sheet.rows[foot:], [""], *sheet.rows[:foot]]
    for _ in range(pick.randint(0, 4)):
        sheet.insert_row(pick.randint(0, len(sheet.rows)))
    for _ in range(pick.randint(0, 2)):
        sheet.insert_column(pick.randint(0, 4))
    for label, words in LABELS_TYPED.items():
        sheet.retype(label, pick.choice([label, _typed(label, pick), *words, f"{label} :"]))
    sheet.retype(CODE, pick.choice([CODE, CODE.lower(), thai_digits(CODE), f"รหัส {CODE}", CODE.replace("/", " / ")]))
    if pick.random() < 0.5:
        sheet.others = {"หน้าปก": [["บันทึกข้อความ"]], "ร่าง": [["x"] * 3] * 3}
    sheet.title = pick.choice([sheet.title, "Sheet1", "ก"])


@QUICK
@given(
    st.integers(0, 2**32),
    st.sampled_from(sorted(WRITERS)),
    st.lists(st.sampled_from(IDS), min_size=1, max_size=6, unique=True),
)
def test_what_keeps_the_meaning_keeps_the_picks(seed: int, name: str, ids: list[str]) -> None:
    """In the order of the lines, with nothing that blocks."""
    pick = Random(seed)  # noqa: S311 - to be repeated, not a secret
    reason = "มีผู้สมัครไม่ครบ" if len(ids) < 6 else ""
    sheet = filled(*(_said(i, pick) for i in ids), reason=reason, reporter=REPORTER)
    _bent(sheet, pick)
    found = judged(WRITERS[name](sheet), name)
    assert (list(found.picks), found.blocking) == (ids, [])
    assert found.told <= {"pick-by-name", "short-with-reason"}


FILES = {
    "a.xlsx": by_openpyxl(filled()),
    "b.xlsx": FORM,
    "c.ods": by_hand_as_ods(filled()),
    "d.ods": ODS,
    "e.xls": XLS,
    "f.csv": by_hand_as_csv(filled()),
    "g.csv": by_hand_as_csv(filled(), "utf-16"),
    "h.csv": by_hand_as_csv(filled(), "cp874"),
}
PARTS = {
    "a.xlsx": ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
    "b.xlsx": ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"),
    "c.ods": ("content.xml",),
    "d.ods": ("content.xml", "META-INF/manifest.xml"),
}


def _harmed(content: bytes, pick: Random) -> bytes:
    harmed = bytearray(content)
    for _ in range(pick.choice([1, 1, 2, 8])):
        at = pick.randrange(len(harmed))
        what = pick.randrange(5)
        if what == 0:
            harmed[at] ^= 1 << pick.randrange(8)
        elif what == 1:
            del harmed[at : at + pick.choice([1, 2, 50])]
        elif what == 2:
            harmed[at:at] = pick.choice([b"\0", b'"', b"<", b"\xff\xfe", pick.randbytes(8)])
        elif what == 3:
            harmed[at:at] = harmed[at : at + 200]
        else:
            harmed[at : at + 4] = pick.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xfe\xff\xff\xff"])
        if not harmed:
            return b""
    return bytes(harmed[: pick.randrange(len(harmed))] if pick.random() < 0.15 else harmed)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.sampled_from(sorted(FILES)))
def test_what_harms_the_bytes_gives_findings_and_no_crash(seed: int, name: str) -> None:
    """Flipped, cut, doubled and inserted bytes, in the file and inside its parts."""
    pick = Random(seed)  # noqa: S311 - to be repeated, not a secret
    content = FILES[name]
    if name in PARTS and pick.random() < 0.7:
        part = pick.choice(PARTS[name])
        content = repacked(content, {part: _harmed(part_of(content, part), pick)})
    else:
        content = _harmed(content, pick)
    for finding in judged(content, name).findings:
        assert finding.code and finding.where and finding.message_th and finding.message_en
        assert isinstance(finding.severity, Severity)


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_files_that_are_harmed_are_sound(name: str) -> None:
    """Else the test above would prove nothing."""
    assert not {code for code, _ in judged(FILES[name], name).blocking} - {"form-empty"}
