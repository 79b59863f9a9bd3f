"""What clauses 2 and 4 share: a producer must not stand on a list, and a missing list proves nothing."""

from collections.abc import Sequence

from kbo_core.domain.register import Register
from kbo_core.domain.truth import Truth, Values, any_of, everyone, opposite


def not_on(register: Register, lists: Sequence[tuple[str, int]]) -> Values:
    """Fail on a list, unknown near one or while a list is missing, else pass."""
    if not lists:
        return everyone(Truth.PASS, register.count)
    return opposite(any_of(*(register.on(listed) for listed in lists)))
