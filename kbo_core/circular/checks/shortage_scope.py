"""Whose shortage opens the fallback."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, warn


def shortage_scope(contents: Contents) -> Iterable[Finding]:
    """Warns where it is not said; it blocks only once there is a shortage."""
    rules = contents.rules
    if rules.fallback and not rules.scope:
        quotes = [rules.shortage or rules.fallback]
        quotes += [row.quote for row in contents.register.rows[:1]]
        yield warn(
            "insufficiency-scope",
            "rules.fallback.scope",
            "แนวทางให้ใช้กลุ่มสำรองเมื่อกลุ่มเป้าหมายของจังหวัดไม่เพียงพอ แต่จำนวนจัดสรรเป็นรายอำเภอ "
            f"ให้นับความไม่เพียงพอทั้งจังหวัดหรือรายอำเภอ{beside(*quotes)}",
            f"the province has too few, but places are the districts': counted for which?{beside(*quotes)}",
        )
