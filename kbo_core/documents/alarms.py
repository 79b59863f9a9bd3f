"""The words of an alarm: what did not arrive, and what the province's staff do about it."""

from kbo_core.documents.messages import Words

_KINDS = {
    "packet": "หนังสือนำส่งและแบบรายงาน",
    "reminder": "หนังสือแจ้งเตือน",
    "escalation": "หนังสือเร่งรัด",
    "receipt": "ใบรับรายชื่อ",
    "correction": "แจ้งให้แก้ไขแบบรายงาน",
}
_CHANNELS = {"smtp": "อีเมล", "folder": "แฟ้มจดหมาย", "line": "LINE", "webhook": "ระบบปลายทาง (webhook)"}
_WHAT = {
    "undeliverable": "ส่งไม่ถึงผู้ใดเลย และระบบเลิกส่งแล้ว",
    "refused": "ส่งไม่ถึงผู้รับบางราย และระบบเลิกส่งถึงรายนั้นแล้ว",
    "bounced": "ถูกตีกลับหลังจากส่งออกไปแล้ว",
}


def alarm_words(
    cycle: str, where: str, what: str, kind: str, channel: str, subject: str, recipients: str, said: str
) -> Words:
    """The mail to the staff: which message, to whom, what the server said, what to do."""
    title = f"[{cycle}] โปรดตรวจ: {_KINDS.get(kind, 'ข้อความ')} {where} {_WHAT[what]}"
    body = (
        f"เรียน เจ้าหน้าที่จังหวัด\n\n"
        f"ข้อความถึง{where} ทาง{_CHANNELS.get(channel, channel)} {_WHAT[what]}\n\n"
        f"เรื่อง: {subject}\n"
        f"ผู้รับ: {recipients or 'ไม่ทราบว่าผู้ใด'}\n"
        f"เครื่องปลายทางแจ้งว่า: {said or 'ไม่แจ้งเหตุ'}\n\n"
        "โปรดดำเนินการ\n"
        "  ๑) โทรศัพท์แจ้งผู้รับ หรือส่งทางอื่น เพราะผู้รับอาจยังไม่ทราบเรื่อง\n"
        "  ๒) ตรวจและแก้ที่อยู่ในสมุดที่อยู่ contacts.csv เพื่อให้ข้อความต่อไปส่งถึง\n\n"
        "(ข้อความนี้ระบบจัดทำขึ้นและเก็บไว้เป็นหลักฐาน ระบบแจ้งเรื่องเดียวกันนี้เพียงครั้งเดียว)\n"
    )
    return title, body


def drift_words(fiscal_year_be: int) -> Words:
    """The alarm that a fiscal year has no circular yet, and what to do."""
    title = f"[kbo] โปรดตรวจ: ยังไม่มีหนังสือแจ้งรอบของปีงบประมาณ {fiscal_year_be}"
    body = (
        "เรียน เจ้าหน้าที่จังหวัด\n\n"
        f"ถึงเวลาเปิดรอบคัดเลือกประจำปีแล้ว แต่ยังไม่มีแฟ้มกำหนดรอบของปีงบประมาณ {fiscal_year_be} ที่ออกหนังสือแล้ว\n\n"
        "โปรดดำเนินการ\n"
        "  ๑) หากได้รับหนังสือแล้ว อ่านด้วย kbo circular read ตรวจด้วย kbo cycle check "
        "แล้ววางแฟ้มไว้ในโฟลเดอร์ circulars\n"
        "  ๒) เมื่อผู้มีอำนาจลงนามแล้ว สั่ง kbo circular issue CYCLE.yaml --by ชื่อผู้สั่ง ระบบจะเปิดรอบให้เอง\n"
        "  ๓) หากปีนี้ยังไม่มีหนังสือ โปรดสอบถามหน่วยงานต้นเรื่อง\n"
    )
    return title, body
