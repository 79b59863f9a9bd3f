"""The consolidated report as tables: what the workbook, the CSV files, the PDF and the Word document all print.

A column that is of persons, or in a person's own words, is internal: the public report does not have it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from kbo_core.documents.papers import Audience, Report, ReportedName
from kbo_core.domain.areas import districts

Cell = str | int | bool | date | datetime | None
Row = tuple[Cell, ...]
Kind = Literal["string", "integer", "boolean", "datetime", "date"]

# A telephone, an address or a national id that stands in a name all the same.
_CONTACT = re.compile(r"[^\s@,;()]+@[^\s@,;()]+|(?<![0-9๐-๙])[0-9๐-๙](?:[ .-]?[0-9๐-๙]){7,}(?![0-9๐-๙])")
_TAKEN_OUT = "(ตัดออก)"


@dataclass(frozen=True)
class Column:
    """One column: its name for programs, its heading for people, what it says."""

    name: str
    title_th: str
    about: str
    kind: Kind = "string"
    is_internal: bool = False


@dataclass(frozen=True)
class ReportTable:
    """One table; ``key`` are the columns that no two rows share, ``total`` a last row of sums for people."""

    name: str
    title_th: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    key: tuple[str, ...] = ()
    total: Row | None = None
    is_internal: bool = False

    def column(self, name: str) -> list[Cell]:
        """The cells of one column."""
        at = [column.name for column in self.columns].index(name)
        return [row[at] for row in self.rows]


def report_tables(report: Report, audience: Audience) -> dict[str, ReportTable]:
    """The tables by name, in the order in which they are read."""
    made = [make(report) for make in _TABLES]
    if audience is Audience.PUBLIC:
        made = [_public(table) for table in made if not table.is_internal]
    return {table.name: table for table in made}


def _public(table: ReportTable) -> ReportTable:
    kept = [n for n, column in enumerate(table.columns) if not column.is_internal]

    def chosen(row: Row) -> Row:
        return tuple(without_contacts(cell) if isinstance(cell := row[n], str) and _may_name(n) else cell for n in kept)

    def _may_name(n: int) -> bool:
        return table.columns[n].name in _NAMING

    return replace(
        table,
        columns=tuple(table.columns[n] for n in kept),
        rows=tuple(map(chosen, table.rows)),
        total=chosen(table.total) if table.total else None,
    )


_NAMING = frozenset({"producer_name", "products", "change_th"})


def without_contacts(text: str) -> str:
    """A name without a telephone, a mail address or a long number of somebody's that stands in it."""
    return _CONTACT.sub(_TAKEN_OUT, text)


def names_in_order(report: Report) -> list[ReportedName]:
    """The names by district in the circular's order; within a district as they were reported."""
    place = {line.district.code: number for number, line in enumerate(report.lines)}
    return sorted(report.names, key=lambda name: place.get(name.district_code, len(place)))


def district_th(code: str) -> str:
    """A district's name; "" of none."""
    found = districts().get(code)
    return found.name_th if found else code


_ORDER = Column("order", "ลำดับ", "number of the row", "integer")
_CODE = Column("district_code", "รหัสอำเภอ", "official code of the district")
_DISTRICT = Column("district_th", "อำเภอ", "name of the district")
_ID = Column("producer_id", "รหัสกลุ่ม", "id of the group in the register")
_NAME = Column("producer_name", "ชื่อกลุ่มผู้ผลิต", "name of the group as the register has it")
_REASON = Column("reason", "เหตุผล", "why, in the words of whoever decided", is_internal=True)
_BY = Column("by", "ผู้ดำเนินการ", "who did it", is_internal=True)

NAME_COLUMNS = (
    _ORDER,
    _CODE,
    _DISTRICT,
    _ID,
    _NAME,
    Column("tier", "ลำดับเกณฑ์", "1: clauses 1 and 2; 2: fallback, clauses 3 and 4", "integer"),
    Column("products", "ผลิตภัณฑ์", "products of the group, parted by semicolons"),
    Column("stars", "ระดับดาว", "stars in the year that counts"),
    Column("register_row", "แถวในทะเบียน", "file, sheet and row of the register"),
    Column("submission", "แบบรายงาน", "district, version and first twelve digits of the answer's sha256"),
    Column("override", "การยืนยันเป็นกรณีพิเศษ", "the exception by which it was picked", is_internal=True),
    Column("is_exception", "กรณีพิเศษ", "picked by way of a lawful exception", "boolean"),
    Column("register_file", "แฟ้มทะเบียน", "file of the register"),
    Column("register_sheet", "แผ่นงาน", "sheet of the register; empty where the file has none"),
    Column("register_line", "แถวที่", "row in that file or sheet, the heading counted", "integer"),
    Column("decision_revision", "คำตัดสินครั้งที่", "revision of the decisions that it rests on", "integer"),
    Column("submission_version", "แบบรายงานฉบับที่", "version of the district's answer", "integer"),
    Column("submission_sha256", "sha256 ของแบบรายงาน", "hash of the answer's file"),
)


def _names(report: Report) -> ReportTable:
    rows = tuple(
        (
            order,
            name.district_code,
            district_th(name.district_code),
            name.producer_id,
            name.producer_name,
            name.tier,
            "; ".join(name.products),
            name.stars,
            str(name.place),
            name.submission,
            name.override_th,
            bool(name.override_th),
            name.place.file,
            name.place.sheet,
            name.place.row,
            name.decision,
            name.answer,
            name.answer_sha256,
        )
        for order, name in enumerate(names_in_order(report), start=1)
    )
    about = "the groups that were picked, by district in the circular's order"
    return ReportTable("names", "รายชื่อ", about, NAME_COLUMNS, rows, ("producer_id",))


def _districts(report: Report) -> ReportTable:
    columns = (
        Column("order", "ที่", "place in the circular's order", "integer"),
        _DISTRICT,
        Column("quota", "จำนวนจัดสรร", "places in force, after reallocations", "integer"),
        Column("candidates", "กลุ่มที่เข้าเกณฑ์", "groups that the district could choose from", "integer"),
        Column("picked", "คัดเลือกแล้ว", "groups that it picked", "integer"),
        Column("submitted_at", "วันที่รายงาน", "when the answer in force came in", "datetime"),
        Column("timeliness_th", "ทันกำหนด", "in time or not, in Thai"),
        Column("reminders", "จำนวนครั้งที่ติดตาม", "reminders that went out", "integer"),
        Column("state_th", "สถานะ", "how it ended, in Thai"),
        Column("note", "หมายเหตุ", "what the district said of its shortfall", is_internal=True),
        Column("quota_opened", "จัดสรรตามหนังสือ", "places that the circular gave", "integer"),
        Column("quota_taken", "โอนเข้า", "places that came by reallocation", "integer"),
        Column("quota_given", "โอนออก", "places that went by reallocation", "integer"),
        Column("short", "ขาด", "places that were not filled", "integer"),
        Column("due_at", "กำหนดส่ง", "the deadline in force", "datetime"),
        Column("timeliness", "รหัสทันกำหนด", "on_time, in_grace, late, unanswered, not_asked"),
        Column("explained_th", "คำอธิบายจากข้อมูล", "what the decisions say of the shortfall"),
        _CODE,
    )
    rows = tuple(
        (
            number,
            line.district.name_th,
            line.quota,
            line.candidates,
            line.picked,
            line.submitted_at,
            line.timeliness[1],
            line.reminders,
            line.state_th,
            line.note_th,
            line.quota_opened,
            max(line.quota - line.quota_opened, 0),
            max(line.quota_opened - line.quota, 0),
            line.short,
            line.due_at,
            line.timeliness[0],
            line.explained_th,
            line.district.code,
        )
        for number, line in enumerate(report.lines, start=1)
    )
    summed = {"quota", "candidates", "picked", "reminders", "quota_opened", "quota_taken", "quota_given", "short"}
    total: list[Cell] = [_sum(row[n] for row in rows) if c.name in summed else "" for n, c in enumerate(columns)]
    total[1] = "รวม"
    return ReportTable(
        "districts",
        "สรุป",
        "every district that was asked: places, picks, timeliness",
        columns,
        rows,
        ("district_code",),
        tuple(total),
    )


def _sum(cells: Iterable[object]) -> int:
    return sum(cell for cell in cells if isinstance(cell, int))


def _shortage(report: Report) -> ReportTable:
    columns = (
        _CODE,
        Column("area_th", "พื้นที่", "the district, or the whole province"),
        Column("quota", "จำนวนจัดสรร", "places when it was decided", "integer"),
        Column("tier_1", "เข้าเกณฑ์ลำดับ 1", "groups that meet clauses 1 and 2", "integer"),
        Column("tier_2", "เข้าเกณฑ์ลำดับ 2", "groups that meet clauses 3 and 4", "integer"),
        Column("unknown", "รอวินิจฉัย", "groups that a person must judge; not counted", "integer"),
        Column("short", "ขาด", "places beyond the groups of tier 1", "integer"),
        Column("is_open", "ใช้แนวทางข้อ 3", "may the fallback be used there", "boolean"),
    )
    figures = report.shortage
    rows: list[Row] = [
        (
            report.province.code,
            f"จังหวัด{report.province.name_th}",
            figures.quota,
            figures.tier_1,
            figures.tier_2,
            figures.unknown,
            figures.short,
            figures.is_open,
        ),
    ]
    rows += [(code, district_th(code), *counted, code in figures.opened) for code, *counted in figures.districts]
    about = "the figures behind the fallback, as the shortage certificate seals them"
    return ReportTable("shortage", "ความเพียงพอ", about, columns, tuple(rows), ("district_code",))


def _fallback(report: Report) -> ReportTable:
    columns = (
        _ORDER,
        _CODE,
        _DISTRICT,
        _ID,
        _NAME,
        Column("certificate", "ผนึกหลักฐานความไม่เพียงพอ", "seal (sha256) of the certificate that allows it"),
    )
    names = [name for name in names_in_order(report) if name.tier == 2]
    rows = tuple(
        (n, x.district_code, district_th(x.district_code), x.producer_id, x.producer_name, report.shortage.seal)
        for n, x in enumerate(names, start=1)
    )
    about = "the groups that were picked by clauses 3 and 4"
    return ReportTable("fallback", "กลุ่มตามข้อ 3", about, columns, rows, ("producer_id",))


def _overrides(report: Report) -> ReportTable:
    columns = (
        _CODE,
        _DISTRICT,
        _ID,
        _NAME,
        Column("clauses", "ยกเว้นข้อ", "the clauses from which it is excepted"),
        Column("tier", "ลำดับเกณฑ์", "the tier that it then falls under", "integer"),
        _REASON,
        Column("by", "ผู้เสนอ", "who asked for it", is_internal=True),
        Column("approver", "ผู้อนุมัติ", "who approved it", is_internal=True),
        Column("granted_at", "เมื่อ", "when it was granted", "datetime"),
        Column("is_picked", "ได้รับคัดเลือก", "did a district use it", "boolean"),
    )
    rows = tuple(
        (
            o.district_code,
            district_th(o.district_code),
            o.producer_id,
            o.producer_name,
            ", ".join(o.clauses),
            o.tier,
            o.reason,
            o.by,
            o.approver,
            o.granted_at,
            o.is_picked,
        )
        for o in report.overrides
    )
    return ReportTable("overrides", "กรณีพิเศษ", "lawful exceptions in force", columns, rows, ("producer_id",))


def _shortfalls(report: Report) -> ReportTable:
    columns = (
        _CODE,
        _DISTRICT,
        Column("short", "ขาด (กลุ่ม)", "places that were not filled", "integer"),
        Column("note", "เหตุผลของอำเภอ", "what the district said", is_internal=True),
        Column("explained_th", "คำอธิบายจากข้อมูล", "what the decisions say of it"),
    )
    rows = tuple(
        (line.district.code, line.district.name_th, line.short, line.note_th or "ไม่ได้ระบุเหตุผล", line.explained_th)
        for line in report.lines
        if line.short
    )
    about = "districts with places that were not filled"
    return ReportTable("shortfalls", "ไม่ครบจำนวน", about, columns, rows, ("district_code",))


def _reallocations(report: Report) -> ReportTable:
    columns = (
        Column("number", "ข้อเสนอที่", "number of the proposal", "integer"),
        Column("giver_code", "รหัสอำเภอที่ให้", "code of the district that gave"),
        Column("giver_th", "อำเภอที่ให้", "the district that gave"),
        Column("taker_code", "รหัสอำเภอที่รับ", "code of the district that took"),
        Column("taker_th", "อำเภอที่รับ", "the district that took"),
        Column("places", "จำนวน", "how many places", "integer"),
        _REASON,
        Column("by", "ผู้เสนอ", "who proposed it", is_internal=True),
        Column("giver_consent", "อำเภอที่ให้ยินยอมโดย", "who agreed for the giver", is_internal=True),
        Column("taker_consent", "อำเภอที่รับยินยอมโดย", "who agreed for the taker", is_internal=True),
        Column("approver", "ผู้อนุมัติ", "who approved it", is_internal=True),
        Column("approved_at", "อนุมัติเมื่อ", "when it was approved", "datetime"),
    )
    rows = tuple(
        (
            r.number,
            r.giver,
            district_th(r.giver),
            r.taker,
            district_th(r.taker),
            r.places,
            r.reason,
            r.by,
            r.giver_consent,
            r.taker_consent,
            r.approver,
            r.approved_at,
        )
        for r in report.reallocations
    )
    about = "places that one district gave another"
    return ReportTable("reallocations", "โอนจำนวนจัดสรร", about, columns, rows, ("number",))


def _answers(report: Report) -> ReportTable:
    columns = (
        _CODE,
        _DISTRICT,
        Column("version", "ฉบับที่", "version of the answer", "integer"),
        Column("received_at", "ได้รับเมื่อ", "when it came in", "datetime"),
        Column("timeliness_th", "ทันกำหนด", "in time or not, by the limits of that moment, in Thai"),
        Column("picked", "จำนวนกลุ่ม", "groups in it", "integer"),
        Column("via", "ช่องทาง", "the way that it came"),
        Column("state_th", "สถานะ", "what became of it, in Thai"),
        Column("timeliness", "รหัสทันกำหนด", "on_time, in_grace or late"),
        Column("sha256", "sha256", "hash of the file"),
    )
    rows = tuple(
        (
            a.district_code,
            district_th(a.district_code),
            a.version,
            a.received_at,
            a.timeliness[1],
            a.picked,
            a.via,
            a.state_th,
            a.timeliness[0],
            a.sha256,
        )
        for a in report.answers
    )
    about = "every version of every district's answer"
    return ReportTable("answers", "แบบที่ได้รับ", about, columns, rows, ("district_code", "version"))


def _extensions(report: Report) -> ReportTable:
    columns = (
        _ORDER,
        Column("at", "เมื่อ", "when it was given", "datetime"),
        Column("what_th", "เรื่อง", "an extension or a reopening, in Thai"),
        Column("districts_th", "อำเภอ", "the districts"),
        Column("until", "กำหนดใหม่", "the new deadline", "datetime"),
        _REASON,
        Column("letter", "หนังสือ", "number of the letter that asked", is_internal=True),
        _BY,
        Column("district_codes", "รหัสอำเภอ", "codes of the districts, parted by semicolons"),
    )
    rows = tuple(
        (
            n,
            x.at,
            "เปิดใหม่" if x.is_reopening else "ขยายเวลา",
            ", ".join(map(district_th, x.districts)),
            x.until,
            x.reason,
            x.letter,
            x.by,
            "; ".join(x.districts),
        )
        for n, x in enumerate(report.extensions, start=1)
    )
    about = "later deadlines that districts were given, and reopenings"
    return ReportTable("extensions", "ขยายเวลา", about, columns, rows, ("order",))


def _reminders(report: Report) -> ReportTable:
    columns = (
        _ORDER,
        _CODE,
        _DISTRICT,
        Column("kind_th", "เรื่อง", "what it was, in Thai"),
        Column("step", "ขั้น", "step of the plan"),
        Column("channel", "ช่องทาง", "channel that it went by"),
        Column("sent_at", "ส่งเมื่อ", "when it went out", "datetime"),
    )
    rows = tuple(
        (n, r.district_code, district_th(r.district_code), r.kind_th, r.step, r.channel, r.sent_at)
        for n, r in enumerate(report.reminders, start=1)
    )
    return ReportTable("reminders", "การติดตาม", "reminders that went out", columns, rows, ("order",))


def _signatures(report: Report) -> ReportTable:
    columns = (
        _ORDER,
        Column("subject_th", "เอกสาร", "what was signed, in Thai"),
        Column("number", "ฉบับที่", "version of the report; 1 for the letters to the districts", "integer"),
        Column("step_th", "ในฐานะ", "place in the chain of signatures, in Thai"),
        Column("by", "ผู้ลงนาม", "who signed", is_internal=True),
        Column("signed_at", "ลงนามเมื่อ", "when", "datetime"),
    )
    rows = tuple(
        (n, s.subject_th, s.number, s.step_th, s.by, s.signed_at) for n, s in enumerate(report.signatures, start=1)
    )
    about = "signatures given before this report was made"
    return ReportTable("signatures", "การลงนาม", about, columns, rows, ("order",))


def _changes(report: Report) -> ReportTable:
    columns = (_ORDER, Column("change_th", "รายการที่เปลี่ยนจากฉบับก่อน", "what this version says otherwise, in Thai"))
    rows = tuple((n, text) for n, text in enumerate(report.changes, start=1))
    about = "what this version says otherwise than the one before"
    return ReportTable("changes", "เปลี่ยนแปลง", about, columns, rows, ("order",))


def _exceptions(report: Report) -> ReportTable:
    columns = (
        _ORDER,
        Column("code", "รหัส", "what kind of exception"),
        _CODE,
        _DISTRICT,
        Column("what_th", "รายการ", "what it is, in Thai"),
        _REASON,
    )
    rows = tuple(
        (n, e.code, e.district_code, district_th(e.district_code), e.what_th, e.reason)
        for n, e in enumerate(report.exceptions, start=1)
    )
    about = "what is not one to one, and stands all the same"
    return ReportTable("exceptions", "ข้อยกเว้น", about, columns, rows, ("order",))


def _settled(report: Report) -> ReportTable:
    columns = (
        _ORDER,
        Column("finding", "ข้อสังเกต", "code of the finding"),
        Column("settled_on", "วันที่ตอบ", "the day of the answer", "date"),
        Column("reason", "คำตอบ", "what was answered, and by whom", is_internal=True),
    )
    rows = tuple((n, code, on, words) for n, (code, on, words) in enumerate(report.settled, start=1))
    about = "what the circular left open, and a person answered"
    return ReportTable("settled", "คำตอบ", about, columns, rows, ("order",))


def _contacts(report: Report) -> ReportTable:
    columns = (
        _ORDER,
        _CODE,
        _DISTRICT,
        Column("role_th", "ในฐานะ", "role in the contact book, in Thai"),
        Column("name", "ชื่อ", "name in the contact book"),
        Column("email", "อีเมล", "mail address in the contact book"),
    )
    rows = tuple(
        (n, c.district_code, district_th(c.district_code), c.role_th, c.name, c.email)
        for n, c in enumerate(report.contacts, start=1)
    )
    about = "whom to ask at the districts"
    return ReportTable("contacts", "ผู้ประสานงาน", about, columns, rows, ("order",), is_internal=True)


_TABLES: Sequence[Callable[[Report], ReportTable]] = (
    _names,
    _districts,
    _changes,
    _shortage,
    _fallback,
    _overrides,
    _shortfalls,
    _reallocations,
    _answers,
    _extensions,
    _reminders,
    _signatures,
    _settled,
    _exceptions,
    _contacts,
)


def rows_of(table: ReportTable, names: Iterable[str]) -> list[list[Cell]]:
    """The rows of a table with these columns only."""
    at = [[column.name for column in table.columns].index(name) for name in names]
    return [[row[n] for n in at] for row in table.rows]
