"""What clauses 2 and 4 share: a producer must not stand on a list, and a missing list proves nothing."""

from collections.abc import Sequence

import numpy as np

from kbo_core.domain.register import Register
from kbo_core.domain.truth import Truth, Values


def not_on(register: Register, lists: Sequence[tuple[str, int]]) -> Values:
    """Fail on a list, unknown near one or while a list is missing, else pass."""
    on_a_list = register.took_part(lists, with_doubts=False)
    perhaps = register.took_part(lists, with_doubts=True)
    if not set(lists) <= register.lists:
        perhaps[:] = True
    return np.select([on_a_list, perhaps], [np.int8(Truth.FAIL), np.int8(Truth.UNKNOWN)], np.int8(Truth.PASS)).astype(
        np.int8
    )
