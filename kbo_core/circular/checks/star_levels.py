"""Which of a group's products must have the stars."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, block, warn


def star_levels(contents: Contents) -> Iterable[Finding]:
    """Asks about a range printed upside down, and warns where several products of a group are not thought of."""
    rules = contents.rules
    if not rules.stars:
        return
    stars = rules.stars[0]
    seen = beside(stars.quote)
    if stars.value[0] > stars.value[1]:
        yield block(
            "star-range",
            "rules.stars",
            f"ช่วงระดับดาวเขียนจากมากไปน้อย ช่วงที่ถูกต้องคืออะไร{seen}",
            f"the star range is printed upside down: which is meant?{seen}",
        )
    if not rules.star_scope and stars.value != (1, 5):
        yield warn(
            "star-quantifier",
            "rules.star_scope",
            f"กลุ่มที่มีหลายผลิตภัณฑ์ระดับดาวต่างกัน แนวทางไม่ได้บอกว่าให้ดูผลิตภัณฑ์ใดผลิตภัณฑ์หนึ่ง ทุกผลิตภัณฑ์ หรือระดับสูงสุด{seen}",
            f"a group may have products of different stars: any, all, or the best of them?{seen}",
        )
