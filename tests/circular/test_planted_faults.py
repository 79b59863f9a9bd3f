"""One fault planted in a clean letter raises its own finding and no other."""

import pytest

from tests.circular.reading_of import codes, read_text, text_of

# letter, what is printed, what is printed instead, the finding
FAULTS = [
    ("nan.txt", "๑๐ พฤศจิกายน ๒๕๖๘\n\nเรื่อง", "๑๐ เมษายน ๒๕๖๙\n\nเรื่อง", "deadline-before-issue"),
    ("lamphun.md", "19 มี.ค. 2568", "19 มี.ค. 2567", "deadline-before-issue"),
    ("satun.txt", "วันพฤหัสบดีที่ ๓๐", "วันศุกร์ที่ ๓๐", "weekday-mismatch"),
    ("chai-nat.txt", "วันพฤหัสบดีที่ ๓๐ เมษายน", "วันที่ ๓๑ เมษายน", "date-impossible"),
    ("samut-songkhram.txt", "ทะเบียนจัดสรร KBO ปี ๒๕๖๙", "ทะเบียนจัดสรร KBO ปี ๒๕๖๘", "allocation-year-mismatch"),
    ("nakhon-pathom.txt", "กลุ่มเป้าหมาย ปี ๒๕๖๘", "กลุ่มเป้าหมาย ปี ๒๕๖๗", "allocation-year-mismatch"),
    ("yasothon.txt", "รายละเอียดการดำเนินงาน KBO ประจำปี ๒๕๖๘", "รายละเอียด KBO ประจำปี ๒๕๖๗", "programme-year-mismatch"),
    ("samut-songkhram.txt", "แบบแจ้งรายชื่อ\n\nชื่อกลุ่ม", "ชื่อกลุ่ม", "attachment-missing"),
    ("ranong.txt", "จังหวัดระนองขอให้", "ตามสิ่งที่ส่งมาด้วย ๓ จังหวัดระนองขอให้", "attachment-not-listed"),
    ("trat.txt", "อำเภอเขาสมิง จำนวน ๒ (สอง)", "อำเภอเขาสมิง จำนวน ๓ (สาม)", "quota-sum"),
    ("sing-buri.txt", "ยอดรวม\t8", "ยอดรวม\t9", "quota-sum"),
    ("phuket.txt", "3\tถลาง\t2", "3\tถลาง\t1\n4\tเกาะลอย\t1", "unknown-district"),
    ("uthai-thani.md", "| ๘ | ห้วยคต | ๑ |\n| | รวม | ๑๒ |", "| | รวม | ๑๑ |", "missing-district"),
    ("satun.txt", "๗ มะนัง ๑", "๗ มะนัง ๑\n๘ ละงู ๐", "duplicate-district"),
    ("samut-songkhram.txt", "๑๐ พฤศจิกายน ๒๕๖๘", "๕ ธันวาคม ๒๕๖๘", "issue-date-holiday"),
    ("chai-nat.txt", "วันพฤหัสบดีที่ ๓๐ เมษายน", "วันศุกร์ที่ ๑๐ กรกฎาคม", None),
    ("samut-songkhram.txt", "๓๑ มีนาคม ๒๕๖๙", "๒๘ มีนาคม ๒๕๖๙", "deadline-holiday"),
    ("samut-songkhram.txt", "๓๑ มีนาคม ๒๕๖๙", "๓๑ มีนาคม ๒๕๗๐", "deadline-far"),
    ("samut-songkhram.txt", "๓๑ มีนาคม ๒๕๖๙", "๑ ตุลาคม ๒๕๖๙", "deadline-after-year"),
    ("trat.txt", "ทั้งนี้ ให้แจ้ง", "ให้ส่งภายในวันที่ ๒๖ กุมภาพันธ์ ๒๕๖๙ ทั้งนี้ ให้แจ้ง", "deadline-twice"),
    ("chai-nat.txt", "ภายในวันพฤหัสบดีที่ ๓๐ เมษายน ๒๕๖๙", "ภายใน ๑๕ วันนับจากวันที่ได้รับหนังสือ", "value-missing"),
    ("samut-songkhram.txt", "ตามข้อ ๓ ต้อง", "ตามข้อ ๕ ต้อง", "clause-reference"),
    ("lamphun.md", "ข้อ 4 กลุ่มตาม", "ข้อ 5 กลุ่มตาม", "clause-numbering"),
    ("trat.txt", "เขาสมิง จำนวน ๒ (สอง)", "เขาสมิง จำนวน ๒ (สาม)", "figures-differ"),
    ("lamphun.md", "รวมทั้งสิ้น 16 กลุ่ม", "รวมทั้งสิ้น 18 กลุ่ม", "figures-differ"),
    ("satun.txt", "ทั้ง ๗ อำเภอ", "ทั้ง ๘ อำเภอ", "figures-differ"),
    ("sing-buri.txt", "ยอดรวม\t8\n", "", "total-missing"),
    ("lamphun.md", "ระดับ 2 ถึง 4 ดาว", "ระดับ 4 ถึง 2 ดาว", "star-range"),
    ("ranong.txt", "กลุ่มผู้ผลิตชุมชน", "ผู้ประกอบการ", "producer-type"),
    ("ranong.txt", "พัฒนาการจังหวัดระนอง", "พัฒนาการจังหวัดชุมพร", "province-mismatch"),
    ("nan.txt", "๐ ๕๔๗๑ ๐๒๔๖", "๐-๕๔๕๔-xxxx", "placeholder-contact"),
    ("nan.txt", "อ้างถึง  หนังสือกรมการพัฒนาชุมชน ที่ มท ๐๔๐๒.๒/ว ๑๗๗๑ ลงวันที่ ๒๐ ตุลาคม ๒๕๖๘\n\n", "", None),
    ("trat.txt", "จังหวัดตราดขอให้", "ด้วยกรมการพัฒนาชุมชนกำหนดดำเนินโครงการ จังหวัดตราดขอให้", "no-upstream-reference"),
    ("chai-nat.txt", "เจ้าของเรื่อง..... สม\nพิมพ์/ทาน..... มุติ", "เจ้าของเรื่อง.....\nพิมพ์/ทาน.....", "issuance-not-evidenced"),
    ("ranong.txt", "(นายสมมุติ ระนองสุข)", "(..............)", "issuance-not-evidenced"),
    ("satun.txt", "ปรับตัวสู่การพัฒนา (Quadrant D) ตาม", "ปรับตัวเข้าสู่การพัฒนา (Quadrant D) ตาม", "term-variants"),
    ("uthai-thani.md", "ปีงบประมาณ พ.ศ. ๒๕๖๗ ถึง ๒๕๖๘", "ปีงบประมาณ พ.ศ. ๒๕๖๙", "rule-year-unusual"),
    ("phuket.txt", "10/11/2568", "10/11/2566", "programme-year-unusual"),
    ("ranong.txt", "ที่ รน ๐๐๑๙/ว ๗๗", "ที่ รน ๐๐๑๙/ว", "value-missing"),
]
# A fault may make a second thing true: a year that moves takes the calendar's other checks with it.
ALSO: dict[tuple[str, str], set[str]] = {
    ("phuket.txt", "programme-year-unusual"): {"deadline-far"},
}


@pytest.mark.parametrize(("name", "printed", "instead", "code"), FAULTS)
def test_a_planted_fault_raises_its_own_finding_alone(name: str, printed: str, instead: str, code: str | None) -> None:
    clean = text_of(name)
    assert printed in clean
    new = codes(read_text(clean.replace(printed, instead, 1))) - codes(read_text(clean))
    assert new == ({code} if code else set()) | ALSO.get((name, code or ""), set())


@pytest.mark.parametrize(("name", "printed", "instead", "code"), [f for f in FAULTS if f[3]])
def test_the_finding_shows_the_words_and_asks(name: str, printed: str, instead: str, code: str) -> None:
    faulty = text_of(name).replace(printed, instead, 1)
    for finding in read_text(faulty).findings:
        if finding.code == code:
            assert finding.message_en and finding.where
            assert any("\u0e00" <= char <= "\u0e5b" for char in finding.message_th)
