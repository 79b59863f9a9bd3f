"""What clauses 2 and 4 share: a producer must not stand on a list, and a missing list proves nothing."""

from collections.abc import Sequence

from kbo_core.domain.register import Register
from kbo_core.domain.truth import Truth, Values, of_doubt


def not_on(register: Register, lists: Sequence[tuple[str, int]]) -> Values:
    """Fail on a list, unknown near one or while a list is missing, else pass."""
    perhaps = register.perhaps_took_part(lists)
    if not set(lists) <= set(register.lists):
        perhaps[:] = True
    return of_doubt(Truth.FAIL, register.took_part(lists), perhaps)
