"""What of the report is printed, in which order: the same in the PDF and the Word document."""

from dataclasses import dataclass

from kbo_core.documents.papers import Audience, Report
from kbo_core.documents.report_cells import printed
from kbo_core.documents.report_tables import ReportTable, report_tables, rows_of
from kbo_core.domain.thai_text import thai_digits

_FIGURES = {"stars"}  # texts, for there may be several, but of numbers alone


@dataclass(frozen=True)
class Section:
    """A table as it is printed: of which table, which columns, how wide and where each is set."""

    table: str
    title_th: str
    columns: tuple[tuple[str, int, str], ...]
    starts_page: bool = False

    def shown(self, table: ReportTable) -> "Shown":
        """The section with the columns that the table has."""
        titles = {column.name: column.title_th for column in table.columns}
        kept = [(name, share, align) for name, share, align in self.columns if name in titles]
        names, shares, aligned = zip(*kept, strict=True)
        rows = [
            [
                thai_digits(printed(cell)) if name in _FIGURES else printed(cell)
                for name, cell in zip(names, row, strict=True)
            ]
            for row in rows_of(table, names)
        ]
        heads = tuple(thai_digits(titles[name]) for name in names)
        return Shown(self.title_th, heads, shares, aligned, rows, self.starts_page)


@dataclass(frozen=True)
class Shown:
    """A printed table; ``rows`` are texts."""

    title_th: str
    heads: tuple[str, ...]
    shares: tuple[int, ...]
    aligned: tuple[str, ...]
    rows: list[list[str]]
    starts_page: bool


_SECTIONS = (
    Section(
        "changes",
        "รายการที่เปลี่ยนจากฉบับก่อน",
        (("order", 8, "center"), ("change_th", 92, "left")),
    ),
    Section(
        "names",
        "รายชื่อกลุ่มเป้าหมาย",
        (
            ("order", 7, "center"),
            ("district_th", 13, "left"),
            ("producer_id", 12, "left"),
            ("producer_name", 28, "left"),
            ("products", 23, "left"),
            ("stars", 8, "center"),
            ("tier", 9, "center"),
        ),
    ),
    Section(
        "districts",
        "สรุปจำนวนจัดสรรที่ใช้อยู่ (รวมการโอน)",
        (
            ("order", 6, "center"),
            ("district_th", 19, "left"),
            ("quota_opened", 13, "center"),
            ("quota_taken", 9, "center"),
            ("quota_given", 9, "center"),
            ("quota", 14, "center"),
            ("candidates", 12, "center"),
            ("picked", 10, "center"),
            ("short", 8, "center"),
        ),
    ),
    Section(
        "shortage",
        "จำนวนกลุ่มที่เข้าเกณฑ์เทียบกับจำนวนจัดสรร เมื่อตัดสิน",
        (
            ("area_th", 25, "left"),
            ("quota", 13, "center"),
            ("tier_1", 13, "center"),
            ("tier_2", 13, "center"),
            ("unknown", 13, "center"),
            ("short", 10, "center"),
            ("is_open", 13, "center"),
        ),
    ),
    Section(
        "fallback",
        "กลุ่มที่ได้รับคัดเลือกตามแนวทางข้อ ๓ และข้อ ๔",
        (
            ("order", 8, "center"),
            ("district_th", 20, "left"),
            ("producer_id", 16, "left"),
            ("producer_name", 56, "left"),
        ),
    ),
    Section(
        "overrides",
        "กลุ่มที่ยืนยันเป็นกรณีพิเศษ",
        (
            ("producer_id", 11, "left"),
            ("producer_name", 21, "left"),
            ("clauses", 8, "center"),
            ("reason", 19, "left"),
            ("by", 12, "left"),
            ("approver", 12, "left"),
            ("granted_at", 12, "left"),
            ("is_picked", 9, "center"),
        ),
    ),
    Section(
        "shortfalls",
        "อำเภอที่คัดเลือกไม่ครบจำนวนหรือรายงานว่าไม่มี",
        (("district_th", 16, "left"), ("short", 10, "center"), ("note", 30, "left"), ("explained_th", 44, "left")),
    ),
    Section(
        "reallocations",
        "การโอนจำนวนจัดสรรระหว่างอำเภอ",
        (
            ("number", 9, "center"),
            ("giver_th", 15, "left"),
            ("taker_th", 15, "left"),
            ("places", 9, "center"),
            ("reason", 24, "left"),
            ("approver", 14, "left"),
            ("approved_at", 15, "left"),
        ),
    ),
    Section(
        "extensions",
        "การขยายเวลาและการเปิดใหม่",
        (
            ("at", 15, "left"),
            ("what_th", 10, "left"),
            ("districts_th", 22, "left"),
            ("until", 15, "left"),
            ("reason", 20, "left"),
            ("letter", 18, "left"),
        ),
    ),
    Section(
        "reminders",
        "การติดตามที่ส่งแล้ว",
        (
            ("order", 7, "center"),
            ("district_th", 18, "left"),
            ("kind_th", 25, "left"),
            ("step", 12, "left"),
            ("channel", 13, "left"),
            ("sent_at", 25, "left"),
        ),
    ),
    Section(
        "answers",
        "แบบรายงานที่ได้รับทุกฉบับ",
        (
            ("district_th", 14, "left"),
            ("version", 8, "center"),
            ("received_at", 25, "left"),
            ("timeliness_th", 16, "left"),
            ("picked", 10, "center"),
            ("via", 9, "left"),
            ("state_th", 18, "left"),
        ),
    ),
    Section(
        "signatures",
        "การลงนามที่ผ่านมา",
        (
            ("subject_th", 25, "left"),
            ("number", 10, "center"),
            ("step_th", 22, "left"),
            ("by", 21, "left"),
            ("signed_at", 22, "left"),
        ),
    ),
    Section(
        "settled",
        "คำตอบของผู้รับผิดชอบในข้อที่หนังสือไม่ชัดเจน",
        (("finding", 28, "left"), ("settled_on", 16, "left"), ("reason", 56, "left")),
    ),
    Section(
        "exceptions",
        "ข้อยกเว้นจากการเทียบหนึ่งต่อหนึ่ง",
        (("order", 7, "center"), ("district_th", 17, "left"), ("what_th", 50, "left"), ("reason", 26, "left")),
        starts_page=True,
    ),
    Section(
        "names",
        "ที่มาของรายชื่อแต่ละแถว",
        (
            ("order", 7, "center"),
            ("producer_id", 13, "left"),
            ("register_row", 36, "left"),
            ("decision_revision", 14, "center"),
            ("submission", 30, "left"),
        ),
    ),
    Section(
        "contacts",
        "ผู้ประสานงานของอำเภอ (เฉพาะภายใน)",
        (("district_th", 17, "left"), ("role_th", 18, "left"), ("name", 30, "left"), ("email", 35, "left")),
    ),
)


def sections(report: Report, audience: Audience) -> list[Shown]:
    """The printed tables in order; one that the audience does not get, and changes from no version, are left out."""
    tables = report_tables(report, audience)
    return [
        section.shown(tables[section.table])
        for section in _SECTIONS
        if section.table in tables and (section.table != "changes" or tables["changes"].rows)
    ]
