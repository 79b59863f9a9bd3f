"""A register that ends with its total."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, warn


def total_row(contents: Contents) -> Iterable[Finding]:
    """Warns that nothing vouches for the numbers where the register has no total."""
    register = contents.register
    if register.rows and not register.unclear and (register.total is None or register.total.count is None):
        total = sum(row.count or 0 for row in register.rows)
        seen = beside(register.rows[-1].quote)
        yield warn(
            "total-missing",
            "allocation.total",
            f"ตารางจัดสรรไม่มีแถวรวม ตัวเลขที่อ่านได้รวมกันเป็น {total} ครบถ้วนหรือไม่{seen}",
            f"the register has no total; what was read adds up to {total}: is that all?{seen}",
        )
