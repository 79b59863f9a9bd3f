"""A letter that was issued bears a number, a day, a name and initials."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, warn


def issuance(contents: Contents) -> Iterable[Finding]:
    """Warns that the letter may be a draft: blank initials, a blank name, a month without a day."""
    signature = contents.signature
    initials = () if signature.signed else signature.initials
    blanks = [*initials, *(q for q in (signature.blank_name, contents.head.undated) if q)]
    if blanks:
        yield warn(
            "issuance-not-evidenced",
            "circular",
            f"ช่องลงชื่อย่อ ลายมือชื่อ หรือวันที่ยังว่าง อาจเป็นเพียงร่าง หนังสือฉบับนี้ออกจริงแล้วหรือไม่{beside(*blanks[:3])}",
            f"initials, name or date are blank; perhaps a draft: was this letter issued?{beside(*blanks[:3])}",
        )
