"""Which province a letter comes from."""

import re
from functools import cache

from kbo_core.circular.folded import Folded, folded
from kbo_core.circular.letter import Printed
from kbo_core.domain.areas import BANGKOK_CODE, Province, provinces


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted((folded(p.name_th) for p in provinces().values() if p.code != BANGKOK_CODE), key=len, reverse=True)
    bangkok = folded(provinces()[BANGKOK_CODE].name_th)
    return re.compile(rf"(?:จังหวัด|จ\.)(?P<name>{'|'.join(map(re.escape, names))})|(?P<bangkok>{re.escape(bangkok)})")


@cache
def _by_name() -> dict[str, Province]:
    return {folded(p.name_th): p for p in provinces().values()}


def named_provinces(text: Folded) -> tuple[Printed[Province], ...]:
    """Each province that a stretch names, in its order."""
    return tuple(
        Printed(_by_name()[match["name"] or match["bangkok"]], text.quote_of(match))
        for match in _pattern().finditer(text.text)
    )
