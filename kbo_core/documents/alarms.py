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
