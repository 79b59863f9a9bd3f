"""A letter that passes on a department's decision cites the department's letter."""

import re
from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, info

_DECISION = re.compile(
    r"(?:ด้วย|ตามที่|เนื่องจาก|เนื่องด้วย)กรม.{0,40}?(?:กำหนด|แจ้ง|อนุมัติ|จัดสรร|มอบหมาย|ดำเนินโครงการ|ขอให้|มีหนังสือ)"
)


def upstream_reference(contents: Contents) -> Iterable[Finding]:
    """Tells where a decision of the department is cited without its letter."""
    match = _DECISION.search(contents.body.text)
    if match and not contents.head.reference:
        seen = beside(contents.body.quote_of(match))
        yield info(
            "no-upstream-reference",
            "circular",
            f"หนังสือกล่าวถึงการกำหนดของกรม แต่ไม่มีบรรทัดอ้างถึงหนังสือของกรม อ้างหนังสือฉบับใด{seen}",
            f"a decision of the department is cited without its letter: which letter is it?{seen}",
        )
