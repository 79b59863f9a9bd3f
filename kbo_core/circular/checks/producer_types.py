"""The programme picks community producer groups."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.circular.rules import COMMUNITY_GROUP
from kbo_core.domain.findings import Finding, block


def producer_types(contents: Contents) -> Iterable[Finding]:
    """Asks where the guideline names another producer type first, or none."""
    clauses, found = contents.guideline.clauses, contents.rules.producer_type
    if clauses and (found is None or found.value != COMMUNITY_GROUP):
        seen = beside(found.quote if found else clauses[0].quote)
        yield block(
            "producer-type",
            "guideline.1",
            f"แนวทางไม่ได้ระบุประเภทกลุ่มผู้ผลิตชุมชนเป็นหลัก ระบบใช้ได้เฉพาะประเภทนี้ แนวทางปีนี้เปลี่ยนหรือไม่{seen}",
            f"the guideline does not name community producer groups first: has the programme changed?{seen}",
        )
