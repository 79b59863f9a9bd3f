"""The report in sentences: what it says above its tables, the same in the PDF, the Word document and the letter."""

from dataclasses import dataclass

from kbo_core.documents.papers import Report
from kbo_core.documents.wording import PROGRAMME
from kbo_core.domain.thai_dates import BANGKOK, bangkok_day, long_date

_SHORT_HASH = 12


@dataclass(frozen=True)
class Totals:
    """The province's sums; of ``asked`` districts, ``reported`` have answered, ``late`` of them after the deadline."""

    quota: int
    picked: int
    asked: int
    reported: int
    late: int

    @property
    def short(self) -> int:
        return max(self.quota - self.picked, 0)


def totals(report: Report) -> Totals:
    asked = [line for line in report.lines if line.quota]
    return Totals(
        quota=sum(line.quota for line in report.lines),
        picked=sum(line.picked for line in report.lines),
        asked=len(asked),
        reported=sum(line.submitted_at is not None for line in asked),
        late=sum(line.is_late for line in asked),
    )


def heading(report: Report) -> list[str]:
    return [
        "รายงานผลการคัดเลือกกลุ่มเป้าหมาย",
        PROGRAMME,
        f"จังหวัด{report.province.name_th} ประจำปี {report.programme_year_be}",
    ]


def basis(report: Report) -> list[str]:
    """The letter that it answers, and which version of it this is."""
    return [
        f"อ้างถึงหนังสือที่ {report.circular_number} ลงวันที่ {long_date(report.circular_issued_on)}",
        f"ฉบับที่ {report.version} จัดทำเมื่อวันที่ {long_date(bangkok_day(report.made_at))}",
    ]


def summary(report: Report) -> str:
    sums, due = totals(report), report.due_at.astimezone(BANGKOK)
    short = f"ยังขาด {sums.short} กลุ่ม" if sums.short else "ครบตามจำนวนจัดสรร"
    return (
        f"อำเภอรายงานแล้ว {sums.reported} จาก {sums.asked} อำเภอ "
        f"(ในจำนวนนี้ส่งหลังกำหนดวันที่ {long_date(due.date())} เวลา {due:%H.%M} น. {sums.late} อำเภอ) "
        f"คัดเลือกกลุ่มเป้าหมายแล้ว {sums.picked} กลุ่ม จากจำนวนจัดสรร {sums.quota} กลุ่ม {short}"
    )


def shortage(report: Report) -> list[str]:
    """Whether the fallback was open and how often it was used, in sentences."""
    figures = report.shortage
    counted = (
        f"ขอบเขตการพิจารณา: {figures.scope} จำนวนจัดสรร {figures.quota} กลุ่ม กลุ่มที่เข้าเกณฑ์ลำดับ 1 จำนวน {figures.tier_1} กลุ่ม "
        f"ลำดับ 2 จำนวน {figures.tier_2} กลุ่ม ยังวินิจฉัยไม่ได้ {figures.unknown} กลุ่ม ขาด {figures.short} กลุ่ม"
    )
    used = sum(name.tier == 2 for name in report.names)
    if figures.is_open:
        return [counted, f"กลุ่มเป้าหมายไม่เพียงพอ จึงใช้แนวทางเพิ่มเติมตามข้อ 3 และข้อ 4 และมีผู้ได้รับคัดเลือกจากแนวทางนี้ {used} กลุ่ม"]
    return [counted, "กลุ่มเป้าหมายเพียงพอ จึงไม่ได้ใช้แนวทางเพิ่มเติมตามข้อ 3 และข้อ 4"]


def certificate(report: Report) -> str:
    """The certificate's seal; "" while the fallback is shut."""
    return f"หลักฐานความไม่เพียงพอ ผนึก sha256 {report.shortage.seal}" if report.shortage.seal else ""


def provenance(report: Report) -> str:
    """What stands under every page."""
    return (
        f"{report.cycle} ฉบับที่ {report.version} · ทะเบียน {report.snapshot_sha256[:_SHORT_HASH]} · "
        f"แฟ้มกำหนดรอบ {report.definition_sha256[:_SHORT_HASH]} · บันทึกเหตุการณ์ {report.log_head[:_SHORT_HASH]}"
    )
