"""The register has one column of numbers, or says which one is the allocation."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, block


def quota_columns(contents: Contents) -> Iterable[Finding]:
    """Asks which of several number columns holds the quotas; none of them is read until then."""
    if header := contents.register.unclear:
        seen = beside(header)
        yield block(
            "quota-columns-unclear",
            "quota",
            f"ตารางจัดสรรมีช่องตัวเลขหลายช่อง หัวตารางไม่ชัดว่าช่องใดเป็นจำนวนที่จัดสรร จึงไม่อ่านจำนวนใดเลย ช่องใดถูกต้อง{seen}",
            f"several columns hold numbers and no heading says which is the quota; none was read: which is it?{seen}",
        )
