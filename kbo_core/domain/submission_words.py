"""What a form that comes back may be told, in one table: each code, how far it reaches, its words and the remedy.

The findings, the form's own page of help and ``docs/form-checks.md`` are all made of it.
"""

from dataclasses import dataclass
from enum import StrEnum

from kbo_core.domain.findings import Finding, RefusedError, Severity


class Subject(StrEnum):
    """What a check looks at, in the order in which a person meets it."""

    FILE = "แฟ้ม"
    SHEET = "แบบรายงาน"
    ADDRESS = "แบบของใคร"
    PICK = "กลุ่มที่เลือก"
    COUNT = "จำนวน"
    REPORTER = "ผู้รายงาน"


class Reach(StrEnum):
    """How far a check reaches; what is refused was not read to the end."""

    REFUSED = "refused"
    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True)
class Words:
    """One fault: its title, what is said of it with the values of the moment in braces, and the remedy."""

    subject: Subject
    reach: Reach
    title_th: str
    says_th: str
    remedy_th: str
    says_en: str


def tell(key: str, where: str, **values: object) -> Finding:
    """The finding of a key of WORDS; ``where`` can be used in its words like any value."""
    words = WORDS[key]
    severity = Severity.BLOCK if words.reach is Reach.REFUSED else Severity(words.reach)
    says_th, says_en = (text.format(where=where, **values) for text in (words.says_th, words.says_en))
    return Finding(code_of(key), severity, where, f"{says_th} {words.remedy_th}", says_en)


def refusal(key: str, where: str, **values: object) -> RefusedError:
    """The refusal of a file that is not read any further."""
    return RefusedError(tell(key, where, **values))


def code_of(key: str) -> str:
    """The code that a key belongs to: one code may be told in two ways."""
    return key.partition(":")[0]


def _refused(subject: Subject, title_th: str, says_th: str, remedy_th: str, says_en: str) -> Words:
    return Words(subject, Reach.REFUSED, title_th, says_th, remedy_th, says_en)


def _blocks(subject: Subject, title_th: str, says_th: str, remedy_th: str, says_en: str) -> Words:
    return Words(subject, Reach.BLOCK, title_th, says_th, remedy_th, says_en)


def _warns(subject: Subject, title_th: str, says_th: str, remedy_th: str, says_en: str) -> Words:
    return Words(subject, Reach.WARN, title_th, says_th, remedy_th, says_en)


def _tells(subject: Subject, title_th: str, says_th: str, remedy_th: str, says_en: str) -> Words:
    return Words(subject, Reach.INFO, title_th, says_th, remedy_th, says_en)


_AGAIN = "ให้กรอกในแบบรายงานที่ได้รับแล้วส่งใหม่"
_FILE, _SHEET, _ADDRESS = Subject.FILE, Subject.SHEET, Subject.ADDRESS
_PICK, _COUNT, _REPORTER = Subject.PICK, Subject.COUNT, Subject.REPORTER

WORDS: dict[str, Words] = {
    # Can the file be opened?
    "form-no-content": _refused(
        _FILE,
        "แฟ้มว่างเปล่า",
        "แฟ้มว่างเปล่า ไม่มีข้อมูลแม้แต่ไบต์เดียว",
        "ให้ส่งแฟ้มที่กรอกแล้วอีกครั้ง",
        "the file has no content",
    ),
    "form-too-large": _refused(
        _FILE,
        "แฟ้มใหญ่เกินไป",
        "แฟ้มใหญ่เกิน {limit} MB",
        "ให้ส่งเฉพาะแบบรายงานที่ได้รับ ไม่แนบรูปภาพ",
        "the file is over {limit} MB",
    ),
    "form-not-spreadsheet": _refused(
        _FILE,
        "ไม่ใช่แฟ้มตาราง",
        "แฟ้มนี้ไม่ใช่แฟ้มตารางที่รับได้ (.xlsx .xls .ods .csv)",
        "ให้กรอกในแบบรายงานที่ได้รับ บันทึกเป็น .xlsx หรือ .ods แล้วส่งใหม่",
        "the file is no spreadsheet that is taken in (.xlsx, .xls, .ods, .csv)",
    ),
    "form-renamed": _refused(
        _FILE,
        "นามสกุลแฟ้มไม่ตรงกับเนื้อหา",
        "นามสกุลแฟ้มคือ {ending} แต่เนื้อหาเป็น {kind} อาจเปลี่ยนชื่อแฟ้มโดยไม่ได้บันทึกใหม่",
        "ให้เปิดด้วยโปรแกรมตารางคำนวณ บันทึกเป็น .xlsx แล้วส่งใหม่",
        "named {ending}, but the content is {kind}: save it anew instead of renaming it",
    ),
    "form-encrypted": _refused(
        _FILE,
        "แฟ้มตั้งรหัสผ่าน",
        "แฟ้มตั้งรหัสผ่านไว้ จึงเปิดไม่ได้",
        "ให้เอารหัสผ่านออก บันทึกใหม่ แล้วส่งอีกครั้ง",
        "the file is encrypted: remove the password",
    ),
    "form-macros": _refused(
        _FILE,
        "แฟ้มมีแมโคร",
        "แฟ้มมีแมโคร จึงไม่เปิด",
        "ให้บันทึกเป็น .xlsx ซึ่งไม่มีแมโคร แล้วส่งอีกครั้ง",
        "the file carries macros: save it as .xlsx",
    ),
    "form-embedded": _refused(
        _FILE,
        "แฟ้มมีวัตถุฝัง",
        "แฟ้มมีวัตถุหรือแฟ้มอื่นฝังอยู่ จึงไม่เปิด",
        f"ให้ลบวัตถุนั้น หรือ{_AGAIN[3:]}",
        "the file embeds objects or other files",
    ),
    "form-external-links": _refused(
        _FILE,
        "แฟ้มเชื่อมกับแฟ้มหรือแหล่งอื่น",
        "แฟ้มเชื่อมโยงกับแฟ้มหรือแหล่งข้อมูลอื่น จึงไม่เปิด",
        f"ให้ตัดการเชื่อมโยง (ข้อมูล > แก้ไขการเชื่อมโยง) หรือ{_AGAIN[3:]}",
        "the file refers to other files or sources: break the links",
    ),
    "form-zip-bomb": _refused(
        _FILE,
        "แฟ้มขยายใหญ่ผิดปกติ",
        "แฟ้มขยายตัวใหญ่ผิดปกติเมื่อเปิด จึงไม่เปิด",
        _AGAIN,
        "the archive unpacks to too many or too large members",
    ),
    "form-unsafe-names": _refused(
        _FILE,
        "โครงสร้างภายในแฟ้มผิดปกติ",
        "ชื่อส่วนประกอบภายในแฟ้มซ้ำกันหรือชี้ออกนอกแฟ้ม จึงไม่เปิด",
        _AGAIN,
        "member names of the archive are repeated or lead outside it",
    ),
    "form-unsafe-xml": _refused(
        _FILE,
        "เนื้อหาภายในแฟ้มผิดปกติ",
        "เนื้อหาภายในแฟ้มมี DTD หรือใช้รหัสอักขระอื่นนอกจาก UTF-8 จึงไม่เปิด",
        "ให้เปิดด้วยโปรแกรมตารางคำนวณ บันทึกใหม่เป็น .xlsx แล้วส่งอีกครั้ง",
        "an XML part has a DTD or is not UTF-8",
    ),
    "form-too-wide": _refused(
        _FILE,
        "มีข้อมูลอยู่ไกลนอกแบบ",
        "มีข้อมูลอยู่นอกบริเวณแบบ (เกินแถวที่ {rows:,} หรือเกิน {columns:,} คอลัมน์ หรือเกิน {cells:,} ช่อง)",
        "ให้กด Ctrl+End ลบแถวและคอลัมน์นอกแบบ แล้วส่งใหม่",
        "cells lie beyond row {rows} or column {columns}, or there are more than {cells}",
    ),
    "form-unreadable": _refused(
        _FILE,
        "แฟ้มเสียหาย",
        "เปิดแฟ้มไม่ได้ แฟ้มอาจเสียหาย",
        "ให้เปิดด้วยโปรแกรมตารางคำนวณ บันทึกใหม่เป็น .xlsx แล้วส่งอีกครั้ง",
        "the file cannot be read; it may be damaged",
    ),
    "form-encoding": _refused(
        _FILE,
        "อ่านอักษรในแฟ้ม CSV ไม่ออก",
        "แฟ้ม CSV ใช้รหัสอักขระที่อ่านไม่ออก (ต้องเป็น UTF-8, TIS-620/cp874 หรือ UTF-16)",
        "ให้บันทึกเป็น “CSV UTF-8” หรือ .xlsx แล้วส่งใหม่",
        "the text is neither UTF-8, cp874 nor UTF-16",
    ),
    "form-csv-broken": _refused(
        _FILE,
        "แฟ้ม CSV ผิดรูป",
        'แฟ้ม CSV ผิดรูปที่บรรทัด {line} มักเป็นเครื่องหมายอัญประกาศ (") ที่ไม่มีคู่',
        "ให้แก้บรรทัดนั้น หรือบันทึกเป็น .xlsx แล้วส่งใหม่",
        "malformed CSV at line {line}, often a quotation mark without its pair",
    ),
    # Is it our form?
    "form-not-ours": _refused(
        _SHEET,
        "ไม่ใช่แบบรายงาน",
        "ไม่พบทั้งรหัสแบบและหัวข้อของแบบรายงานในแฟ้มนี้",
        "ให้กรอกในแบบรายงานที่จังหวัดส่งให้ โดยไม่ลบหัวข้อและรหัสแบบ",
        "neither a printed form code nor the form's labels; fill the form that was sent",
    ),
    "form-code-missing": _refused(
        _SHEET,
        "ไม่มีรหัสแบบ",
        "พบหัวข้อของแบบรายงาน แต่ไม่พบรหัสแบบ (ขึ้นต้นด้วย KBO-3/) จึงไม่ทราบว่าเป็นแบบของรอบและอำเภอใด",
        "ให้คัดลอกรหัสแบบจากแบบที่จังหวัดส่งให้มาไว้ในช่องรหัสแบบ แล้วส่งใหม่",
        "the form's labels are there, but not its code",
    ),
    "form-codes-differ": _refused(
        _SHEET,
        "มีรหัสแบบมากกว่าหนึ่งรหัส",
        "พบรหัสแบบมากกว่าหนึ่งรหัส ({codes})",
        "ให้กรอกในแบบที่ได้รับชุดเดียว โดยไม่แก้รหัสแบบ",
        "the file carries more than one form code: {codes}",
    ),
    "form-labels-missing": _refused(
        _SHEET,
        "หัวข้อของแบบหายไป",
        "พบรหัสแบบ แต่ไม่พบหัวข้อ {labels} จึงไม่ทราบว่าต้องอ่านช่องใด",
        "ให้กรอกในแบบรายงานที่จังหวัดส่งให้ โดยไม่ลบหัวข้อ",
        "the form code is there, but not the labels: {labels}",
    ),
    "form-sheet-copied": _refused(
        _SHEET,
        "มีแบบมากกว่าหนึ่งแผ่นงาน",
        "มีแบบรายงานมากกว่าหนึ่งแผ่นงาน ({sheets})",
        "ให้เหลือเพียงแผ่นเดียวแล้วส่งใหม่",
        "more than one sheet holds the form: {sheets}",
    ),
    "form-header-twice": _refused(
        _SHEET,
        "หัวคอลัมน์ซ้ำ",
        "มีหัวคอลัมน์ของกลุ่มที่เลือกมากกว่าหนึ่งคอลัมน์ ({cells}) จึงไม่ทราบว่าต้องอ่านคอลัมน์ใด",
        "ให้เหลือเพียงคอลัมน์เดียวแล้วส่งใหม่",
        "more than one column is headed as the picks: {cells}",
    ),
    "answer-twice": _blocks(
        _SHEET,
        "คำตอบซ้ำกันสองแห่ง",
        "ช่อง {where}: คำตอบข้อเดียวกันมีสองแห่งและไม่เหมือนกัน (อีกแห่งคือ {other})",
        "ให้เหลือเพียงแห่งเดียว",
        "the same question is answered differently in {other}",
    ),
    "cell-formula": _warns(
        _SHEET,
        "กรอกเป็นสูตร",
        "ช่อง {where} เป็นสูตร ระบบถือตามค่าที่คำนวณไว้ล่าสุด",
        "โปรดตรวจว่าค่านั้นถูกต้อง",
        "the cell holds a formula; its last computed value counts",
    ),
    "cell-formula-empty": _blocks(
        _SHEET,
        "สูตรไม่มีค่า",
        "ช่อง {where} เป็นสูตรที่ไม่มีค่าหรือมีค่าผิดพลาด",
        "ให้พิมพ์หรือเลือกค่าแทนสูตร",
        "the cell holds a formula without a value",
    ),
    # Whose form is it?
    "form-code-unknown": _blocks(
        _ADDRESS,
        "รหัสแบบไม่ใช่ของโครงการนี้",
        "รหัสแบบไม่ใช่ของโครงการ KBO",
        "ให้กรอกในแบบที่จังหวัดส่งให้ โดยไม่แก้รหัสแบบ",
        "the form code is not of this programme; fill the form that was sent",
    ),
    "form-last-year": _blocks(
        _ADDRESS,
        "เป็นแบบของปีก่อน",
        "แบบนี้เป็นของปี {year} (รอบ {cycle}) แต่รอบนี้เป็นของปี {expected_year} (รอบ {expected})",
        "ให้กรอกในแบบของปีนี้ที่จังหวัดส่งให้",
        "the form is of {year} (cycle {cycle}); this is {expected_year} (cycle {expected})",
    ),
    "form-other-cycle": _blocks(
        _ADDRESS,
        "เป็นแบบของรอบอื่น",
        "แบบนี้เป็นของรอบ {cycle} ไม่ใช่รอบ {expected}",
        "ให้กรอกในแบบของรอบนี้",
        "the form belongs to cycle {cycle}, not {expected}",
    ),
    "form-other-district": _blocks(
        _ADDRESS,
        "เป็นแบบของอำเภออื่น",
        "แบบนี้เป็นของ{whose} ไม่ใช่ของ{expected}",
        "ให้ส่งแบบของอำเภอตนเอง",
        "the form belongs to district {code}, not {expected_code}",
    ),
    "form-district-differs": _blocks(
        _ADDRESS,
        "ชื่ออำเภอในแบบไม่ตรงกับรหัสแบบ",
        "ช่อง {where}: ชื่ออำเภอไม่ใช่{expected} ซึ่งเป็นเจ้าของรหัสแบบ",
        "ให้กรอกในแบบของอำเภอตนเอง โดยไม่แก้หัวแบบ",
        "the district printed on the form is not {expected_code}, whose code it carries",
    ),
    "form-revision-unknown": _blocks(
        _ADDRESS,
        "เป็นแบบชุดที่ไม่เคยส่ง",
        "แบบนี้ระบุชุดที่ {revision} แต่จังหวัดส่งถึงชุดที่ {expected} เท่านั้น",
        "ให้ใช้แบบที่จังหวัดส่งให้",
        "revision {revision} was never sent; the latest is {expected}",
    ),
    "form-superseded:blocks": _blocks(
        _ADDRESS,
        "เป็นแบบชุดเก่า และมีข้อที่ใช้ไม่ได้แล้ว",
        "แบบชุดที่ {revision} ถูกแทนด้วยชุดที่ {expected} แล้ว และมีข้อที่ใช้ไม่ได้",
        "ให้กรอกในชุดล่าสุด",
        "revision {revision} is superseded by {expected} and does not hold any more",
    ),
    "form-superseded:holds": _warns(
        _ADDRESS,
        "เป็นแบบชุดเก่า แต่ทุกรายการยังใช้ได้",
        "ใช้แบบชุดที่ {revision} ซึ่งถูกแทนด้วยชุดที่ {expected} แล้ว แต่ทุกรายการยังใช้ได้ จึงรับไว้",
        "ครั้งต่อไปโปรดใช้ชุดล่าสุด",
        "revision {revision} is superseded by {expected}; everything in it still holds",
    ),
    # Who was picked?
    "pick-by-name": _tells(
        _PICK,
        "พิมพ์ชื่อแทนรหัส",
        "ช่อง {where}: พิมพ์ชื่อกลุ่มแทนการเลือก ตรงกับ {producer_id} เพียงกลุ่มเดียวในอำเภอ จึงรับไว้",
        "โปรดตรวจว่าเป็นกลุ่มที่ต้องการ",
        "a name was typed; it is {producer_id} alone",
    ),
    "pick-name-ambiguous": _blocks(
        _PICK,
        "ชื่อที่พิมพ์ตรงกับหลายกลุ่ม",
        "ช่อง {where}: มีกลุ่มชื่อนี้มากกว่าหนึ่งกลุ่ม ({ids})",
        "ให้เลือกจากรายการในช่องแทนการพิมพ์ชื่อ",
        "more than one group has this name ({ids}); choose by id",
    ),
    "pick-id-name-conflict": _blocks(
        _PICK,
        "รหัสกับชื่อเป็นคนละกลุ่ม",
        "ช่อง {where}: รหัส {producer_id} กับชื่อที่พิมพ์เป็นคนละกลุ่ม (ชื่อนี้คือ {other})",
        "ให้เลือกจากรายการใหม่",
        "the id is {producer_id} but the name is that of {other}",
    ),
    "pick-name-differs": _warns(
        _PICK,
        "ชื่อหรือข้อความข้างรหัสไม่ตรงทะเบียน",
        "ช่อง {where}: ชื่อหรือข้อความที่พิมพ์ไว้ไม่ตรงกับชื่อของ {producer_id} ในทะเบียน ระบบถือตามรหัส",
        "โปรดตรวจอีกครั้ง",
        "the name or text written beside {producer_id} is not the register's; the id counts",
    ),
    "pick-several": _blocks(
        _PICK,
        "ช่องเดียวมีหลายกลุ่ม",
        "ช่อง {where}: มีมากกว่าหนึ่งกลุ่มในช่องเดียว ({ids})",
        "ให้แยกเป็นช่องละหนึ่งกลุ่ม",
        "one cell names several groups ({ids}); one group a cell",
    ),
    "pick-zeros-lost": _blocks(
        _PICK,
        "เลขศูนย์นำหน้ารหัสหายไป",
        "ช่อง {where}: ไม่มีรหัสนี้ แต่มี {producer_id} เลขศูนย์นำหน้าอาจหายไปเมื่อบันทึก",
        "ให้เลือกจากรายการในช่องอีกครั้ง",
        "no such id, but there is {producer_id}: leading zeros may be lost",
    ),
    "pick-merged": _blocks(
        _PICK,
        "ผสานเซลล์หลายแถว",
        "ช่อง {where}: ผสานเซลล์ไว้หลายแถวในตาราง จึงไม่ทราบว่าหมายถึงกี่กลุ่ม",
        "ให้ยกเลิกการผสานเซลล์ แล้วกรอกแถวละหนึ่งกลุ่ม",
        "cells of several lines are merged into one",
    ),
    "pick-hidden": _blocks(
        _PICK,
        "เลือกไว้ในแถวที่ซ่อน",
        "ช่อง {where}: มีกลุ่มอยู่ในแถวที่ซ่อนหรือถูกกรอง จึงไม่ทราบว่าตั้งใจรายงานหรือไม่",
        "ให้แสดงแถวนั้น แล้วลบหรือยืนยันโดยส่งใหม่",
        "a pick stands in a hidden or filtered row",
    ),
    "pick-two-cells": _blocks(
        _PICK,
        "แถวเดียวกรอกสองช่อง",
        "ช่อง {where}: แถวนี้กรอกไว้มากกว่าหนึ่งช่องใต้หัวคอลัมน์ที่ผสานกัน ({other})",
        "ให้เหลือช่องเดียว",
        "two cells of one line are filled under a merged heading ({other})",
    ),
    "pick-astray": _blocks(
        _PICK,
        "กลุ่มอยู่นอกตาราง",
        "ช่อง {where}: มีกลุ่ม {producer_id} อยู่นอกตารางที่ให้เลือก จึงไม่ทราบว่าตั้งใจรายงานหรือไม่",
        "ให้ย้ายเข้าตาราง หรือลบออก",
        "{producer_id} stands outside the table of picks",
    ),
    "pick-not-in-register": _blocks(
        _PICK,
        "ไม่พบกลุ่มในทะเบียน",
        "ช่อง {where}: ไม่พบกลุ่มนี้ในทะเบียนผู้ผลิตของจังหวัด",
        "ให้เลือกจากรายการในช่อง หรือแจ้งจังหวัดให้ตรวจทะเบียน",
        "no such producer in the province's register; choose from the list or ask the province",
    ),
    "pick-other-district": _blocks(
        _PICK,
        "กลุ่มอยู่ในอำเภออื่น",
        "ช่อง {where}: กลุ่ม {producer_id} อยู่ใน{whose} ไม่ใช่{expected}",
        "ให้เลือกกลุ่มที่ผลิตในอำเภอของตน",
        "{producer_id} belongs to district {code}",
    ),
    "pick-ineligible": _blocks(
        _PICK,
        "กลุ่มไม่เข้าเกณฑ์",
        "ช่อง {where}: กลุ่ม {producer_id} ไม่เข้าเกณฑ์ ({reason})",
        "ให้เลือกกลุ่มอื่นจากรายการ",
        "{producer_id} is not eligible ({reason})",
    ),
    "pick-unsettled": _blocks(
        _PICK,
        "กลุ่มยังวินิจฉัยไม่ได้",
        "ช่อง {where}: กลุ่ม {producer_id} ยังวินิจฉัยไม่ได้ ({reason})",
        "ให้แจ้งจังหวัดวินิจฉัยก่อน หรือเลือกกลุ่มอื่น",
        "{producer_id} is not settled yet ({reason}); ask the province to settle it",
    ),
    "pick-not-offered": _blocks(
        _PICK,
        "กลุ่มไม่อยู่ในบัญชีที่ส่งให้",
        "ช่อง {where}: กลุ่ม {producer_id} ไม่อยู่ในบัญชีที่ส่งให้อำเภอ",
        "ให้เลือกจากรายการ หรือสอบถามจังหวัด",
        "{producer_id} is not on the list that the district was sent",
    ),
    "pick-twice": _blocks(
        _PICK,
        "เลือกกลุ่มเดียวกันสองช่อง",
        "ช่อง {where}: กลุ่ม {producer_id} ซ้ำกับช่อง {first}",
        "ให้เลือกกลุ่มอื่นหรือลบช่องใดช่องหนึ่ง",
        "{producer_id} was already picked in {first}",
    ),
    "pick-elsewhere": _blocks(
        _PICK,
        "อำเภออื่นเลือกไปแล้ว",
        "ช่อง {where}: กลุ่ม {producer_id} ถูก{whose}เลือกไปแล้ว",
        "ให้เลือกกลุ่มอื่น หรือประสานจังหวัด",
        "{producer_id} has been picked by another district",
    ),
    "pick-linked:here": _blocks(
        _PICK,
        "กลุ่มเดียวกันที่ขึ้นทะเบียนสองรหัส",
        "ช่อง {where}: กลุ่ม {producer_id} คือกลุ่มเดียวกับ {twin} ในช่อง {first} ซึ่งขึ้นทะเบียนไว้สองรหัส",
        "ให้เลือกกลุ่มอื่นหรือลบช่องใดช่องหนึ่ง",
        "{producer_id} is the same group as {twin}, already picked in {first}",
    ),
    "pick-linked:elsewhere": _blocks(
        _PICK,
        "กลุ่มเดียวกันที่อำเภออื่นเลือกด้วยอีกรหัส",
        "ช่อง {where}: กลุ่ม {producer_id} คือกลุ่มเดียวกับ {twin} ที่{whose}เลือกไปแล้ว",
        "ให้เลือกกลุ่มอื่น หรือประสานจังหวัด",
        "{producer_id} is the same group as {twin}, picked by another district",
    ),
    # How many?
    "over-quota": _blocks(
        _COUNT,
        "เลือกเกินจำนวนจัดสรร",
        "เลือก {picked} กลุ่ม เกินจำนวนจัดสรร {quota} กลุ่ม ส่วนที่เกินคือช่อง {where}",
        "ให้ลบช่องเหล่านั้นหรือช่องอื่นจนเท่าจำนวน",
        "{picked} picks for a quota of {quota}",
    ),
    "short-without-reason": _blocks(
        _COUNT,
        "เลือกไม่ครบและไม่ให้เหตุผล",
        "เลือก {picked} กลุ่ม น้อยกว่าจำนวนจัดสรร {quota} กลุ่ม และช่องเหตุผล {where} ยังว่าง",
        "ให้เลือกเพิ่ม หรือกรอกเหตุผล",
        "{picked} picks for a quota of {quota} and no reason",
    ),
    "short-with-reason": _warns(
        _COUNT,
        "เลือกไม่ครบโดยให้เหตุผล",
        "เลือก {picked} กลุ่ม น้อยกว่าจำนวนจัดสรร {quota} กลุ่ม โดยให้เหตุผลไว้ในช่อง {where}",
        "จังหวัดจะพิจารณาเหตุผล",
        "{picked} picks for a quota of {quota}, with a reason",
    ),
    "nil-unclear": _blocks(
        _COUNT,
        "ช่องรายงานว่าไม่มีกลุ่ม กรอกคำอื่น",
        "ช่อง {where}: คำที่กรอกไม่ใช่คำว่า “ไม่มี”",
        "ให้เลือกคำว่า “ไม่มี” เมื่อไม่มีกลุ่มที่เข้าเกณฑ์ หรือเว้นว่างไว้",
        "the nil-return cell holds another word than the agreed one",
    ),
    "nil-with-picks": _blocks(
        _COUNT,
        "รายงานว่าไม่มี แต่มีรายชื่อ",
        "ช่อง {where} รายงานว่าไม่มีกลุ่ม แต่มีรายชื่อในช่อง {first}",
        "ให้ลบอย่างใดอย่างหนึ่ง",
        "a nil return together with picks",
    ),
    "nil-hides-candidates": _blocks(
        _COUNT,
        "รายงานว่าไม่มี ทั้งที่มีกลุ่มให้เลือก",
        "ช่อง {where} รายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์ แต่มีอยู่ {count} กลุ่ม",
        "ให้เลือกจากรายการ หรือเลือกเท่าที่ได้และกรอกเหตุผลที่ไม่ครบ",
        "a nil return although {count} candidates may be picked",
    ),
    "nil-return": _warns(
        _COUNT,
        "รายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์",
        "อำเภอรายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์ ขาดจากจำนวนจัดสรร {quota} กลุ่ม",
        "จังหวัดรับไว้",
        "a nil return; {quota} places stay empty",
    ),
    "form-empty": _blocks(
        _COUNT,
        "แบบยังว่าง",
        "แบบยังว่างอยู่ ไม่มีทั้งรายชื่อและคำว่า “ไม่มี”",
        "ให้เลือกกลุ่มในช่องรหัสกลุ่ม หรือเลือก “ไม่มี” ในช่องรายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์",
        "neither picks nor a nil return",
    ),
    # Who reports?
    "reporter-missing": _warns(
        _REPORTER,
        "ไม่ได้กรอกชื่อผู้รายงาน",
        "ไม่ได้กรอกชื่อผู้รายงาน",
        "ให้แจ้งชื่อและตำแหน่งผู้รายงานต่อจังหวัด",
        "the reporter's name is missing",
    ),
}
