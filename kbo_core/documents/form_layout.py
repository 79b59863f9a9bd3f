"""The report form's wording and anchors: the form prints them, the reader looks for them."""

from kbo_core.documents.wording import PROGRAMME

SHEET = "แบบรายงาน"
CANDIDATE_SHEET = "รายการกลุ่ม"
MARK_SHEET = "รหัสแบบ"

TITLE = f"แบบรายงานรายชื่อกลุ่มเป้าหมาย {PROGRAMME}"
OWN_FORM_NOTE = "แบบของระบบ ใช้แทนแบบแจ้งรายชื่อจนกว่าจังหวัดจะส่งแบบ"

FORM_CODE_LABEL = "รหัสแบบ"
DISTRICT_LABEL = "อำเภอ"
QUOTA_LABEL = "จำนวนจัดสรร (กลุ่ม)"
DEADLINE_LABEL = "ส่งภายใน"

INSTRUCTIONS = (
    "๑. กรอกเฉพาะช่องสีเหลือง เลือกกลุ่มจากรายการในช่อง “รหัสกลุ่ม” ช่องละหนึ่งกลุ่ม ไม่เกินจำนวนจัดสรร",
    "๒. ถ้าเลือกไม่ครบจำนวน ให้กรอกเหตุผล ถ้าไม่มีกลุ่มที่เข้าเกณฑ์เลย ให้เลือก “ไม่มี” และเว้นช่องรหัสกลุ่มว่างไว้",
    "๓. บันทึกเป็นแฟ้ม Excel (.xlsx) ไม่ตั้งรหัสผ่าน แล้วส่งกลับก่อนกำหนด โดยไม่แก้รหัสแบบ",
)

NUMBER_HEADER = "ลำดับ"
PICK_HEADER = "รหัสกลุ่ม"
NAME_HEADER = "ชื่อกลุ่มผู้ผลิต"
PRODUCTS_HEADER = "ผลิตภัณฑ์"
STARS_HEADER = "ระดับดาว"
HEADERS = (NUMBER_HEADER, PICK_HEADER, NAME_HEADER, PRODUCTS_HEADER, STARS_HEADER)
NOT_LISTED = "ไม่พบในบัญชีของอำเภอ"

COUNT_LABEL = "เลือกแล้ว / จำนวนจัดสรร"
NIL_LABEL = "อำเภอไม่มีกลุ่มที่เข้าเกณฑ์"
NIL_WORD = "ไม่มี"
REASON_LABEL = "เหตุผลที่เลือกไม่ครบจำนวน"
REPORTER_LABEL = "ชื่อผู้รายงาน"
POSITION_LABEL = "ตำแหน่ง"
REPORTED_ON_LABEL = "วันที่รายงาน"

# What stands below the pick lines; the first of these ends them.
FOOT_LABELS = (COUNT_LABEL, NIL_LABEL, REASON_LABEL, REPORTER_LABEL, POSITION_LABEL, REPORTED_ON_LABEL)
ANSWER_OFFSET = 2  # an answer stands this many columns right of its label
