"""Parsers in Rust that panic: kept quiet, one at a time in a process."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_STANDARD_ERROR = 2
_quieting = Lock()


@contextmanager
def without_panic_report() -> Iterator[None]:
    """A parser that panics writes its backtrace past Python to the standard error, where an officer would see it.

    What others wrote there meanwhile is passed on when all went well.
    """
    with _quieting, tempfile.TemporaryFile() as written:
        kept = os.dup(_STANDARD_ERROR)
        os.dup2(written.fileno(), _STANDARD_ERROR)
        try:
            yield
        finally:
            os.dup2(kept, _STANDARD_ERROR)
            os.close(kept)
        written.seek(0)
        if said := written.read():
            os.write(_STANDARD_ERROR, said)
