"""One letter speaks for one province."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, block


def several_provinces(contents: Contents) -> Iterable[Finding]:
    """Asks where the head of the letter, its body or its signature names another province."""
    for other in contents.provinces[1:]:
        first = contents.provinces[0]
        if other.value.code != first.value.code:
            seen = beside(first.quote, other.quote)
            yield block(
                "province-mismatch",
                "province_code",
                f"หนังสือระบุจังหวัด{first.value.name_th} แต่อีกที่หนึ่งระบุจังหวัด{other.value.name_th} รอบนี้เป็นของจังหวัดใด{seen}",
                f"the letter names {first.value.name_en} and {other.value.name_en}: whose cycle is it?{seen}",
            )
            return
