"""Screening: what is refused before any parser sees a file that a district sent.

Everything is judged on the bytes themselves: sizes that a ZIP header claims are checked by unpacking.
"""

import struct
import zipfile
import zlib
from dataclasses import dataclass

from kbo_core.documents.form_archive import screened_parts
from kbo_core.documents.form_kinds import Kind, kind_of
from kbo_core.documents.form_ole import screened_stream
from kbo_core.domain.submission_words import refusal

MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class Screened:
    """A file that may be read: its kind and name, its bytes, the parts of a zipped one, the stream of an old one."""

    kind: Kind
    name: str
    content: bytes
    parts: dict[str, bytes]
    stream: bytes


def screen(content: bytes, name: str) -> Screened:
    """The file, when nothing speaks against opening it.

    Raises RefusedError with a code of its own for each thing that is not accepted.
    """
    if not content:
        raise refusal("form-no-content", name)
    if len(content) > MAX_BYTES:
        raise refusal("form-too-large", name, limit=MAX_BYTES // 1_000_000)
    kind = kind_of(content, name)
    parts: dict[str, bytes] = {}
    stream = b""
    try:
        if kind in (Kind.XLSX, Kind.ODS):
            parts = screened_parts(content, name, kind)
        elif kind is Kind.XLS:
            stream = screened_stream(content, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise refusal("form-unreadable", name) from None
    except (struct.error, IndexError):
        raise refusal("form-unreadable", name) from None
    return Screened(kind, name, content, parts, stream)
