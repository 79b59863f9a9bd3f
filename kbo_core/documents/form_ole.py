"""XLS: the old format's compound file, read just far enough to find its streams, and screened record by record.

Source: the published structures [MS-CFB] (compound file) and [MS-XLS] (records of the workbook stream).
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kbo_core.domain.submission_words import refusal

_FREE = 0xFFFFFFFA  # from here on a sector number is none
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_MACRO_NAMES = ("_vba_project", "_vba_project_cur", "vba", "macros")
_ENCRYPTED_NAMES = ("encryptedpackage", "encryptioninfo")
_EMBEDDED_PREFIXES = ("mbd", "\x01ole10native", "objectpool", "ctls", "lnk")
_BOOKS = ("workbook", "book")

BOF, EOF, FILEPASS, BOUNDSHEET, SUPBOOK, OBJ_PROJECT = 0x0809, 0x000A, 0x002F, 0x0085, 0x01AE, 0x00D3
_OWN_SHEETS, _ADD_INS = 0x0401, 0x3A01
_MACRO_SHEETS = (1, 6)  # Excel 4 macros, a VBA module


@dataclass(frozen=True)
class Record:
    """One record of the workbook stream: where it begins, its type and contents."""

    at: int
    kind: int
    content: bytes


def screened_stream(content: bytes, name: str) -> bytes:
    """The workbook stream of an XLS.

    Raises RefusedError for what is not accepted, ``struct.error``, IndexError or ValueError for a damaged file.
    """
    entries = list(_directory(content))
    names = {entry.name.lower() for entry in entries}
    if names & set(_ENCRYPTED_NAMES):
        raise refusal("form-encrypted", name)
    if names & set(_MACRO_NAMES):
        raise refusal("form-macros", name)
    if any(n.startswith(_EMBEDDED_PREFIXES) for n in names):
        raise refusal("form-embedded", name)
    books = [entry for entry in entries if entry.kind == _STREAM and entry.name.lower() in _BOOKS]
    if len(books) != 1:
        raise refusal("form-not-spreadsheet", name)
    stream = _stream(content, books[0], entries)
    _screen_records(stream, name)
    return stream


def _screen_records(stream: bytes, name: str) -> None:
    for record in records(stream):
        if record.kind == FILEPASS:
            raise refusal("form-encrypted", name)
        if record.kind == OBJ_PROJECT or (record.kind == BOUNDSHEET and record.content[5] in _MACRO_SHEETS):
            raise refusal("form-macros", name)
        if record.kind == SUPBOOK and struct.unpack_from("<H", record.content, 2)[0] not in (_OWN_SHEETS, _ADD_INS):
            raise refusal("form-external-links", name)


def records(stream: bytes) -> Iterator[Record]:
    """The records of a workbook stream, in order; what is cut off at the end is an error."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == 0 and length == 0:
            return  # the padding behind the last record
        if at + 4 + length > len(stream):
            raise ValueError("a record is cut off")
        yield Record(at, kind, stream[at + 4 : at + 4 + length])
        at += 4 + length


@dataclass(frozen=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


def _directory(content: bytes) -> Iterator[_Entry]:
    first = struct.unpack_from("<I", content, 48)[0]
    data = _chain(content, _sector_size(content), _allocation(content), first)
    for at in range(0, len(data) - 127, 128):
        length, kind = struct.unpack_from("<HB", data, at + 64)
        if kind in (_STORAGE, _STREAM, _ROOT):
            start, size = struct.unpack_from("<II", data, at + 116)
            yield _Entry(data[at : at + min(max(length - 2, 0), 62)].decode("utf-16-le"), kind, start, size)


def _stream(content: bytes, entry: _Entry, entries: list[_Entry]) -> bytes:
    cutoff, first_small = struct.unpack_from("<II", content, 56)
    size, table = _sector_size(content), _allocation(content)
    if entry.size >= cutoff:
        return _chain(content, size, table, entry.start)[: entry.size]
    roots = [e for e in entries if e.kind == _ROOT]
    inner = _chain(content, size, table, roots[0].start)
    small_size = 1 << struct.unpack_from("<H", content, 32)[0]
    packed = _chain(content, size, table, first_small)
    small_table = struct.unpack(f"<{len(packed) // 4}I", packed[: len(packed) // 4 * 4])
    return _follow(small_table, entry.start, lambda n: inner[n * small_size : (n + 1) * small_size])[: entry.size]


def _sector_size(content: bytes) -> int:
    shift = struct.unpack_from("<H", content, 30)[0]
    if shift not in (9, 12):
        raise ValueError("no sector size of a compound file")
    return 1 << int(shift)


def _allocation(content: bytes) -> tuple[int, ...]:
    """The file allocation table: which sector follows each."""
    size = _sector_size(content)
    places = list(struct.unpack_from("<109I", content, 76))
    following, count = struct.unpack_from("<II", content, 68)
    for _ in range(min(count, len(content) // size)):
        if following >= _FREE:
            break
        more = struct.unpack(f"<{size // 4}I", _sector(content, size, following))
        places += more[:-1]
        following = more[-1]
    table: list[int] = []
    for place in places:
        if place < _FREE:
            table += struct.unpack(f"<{size // 4}I", _sector(content, size, place))
    return tuple(table)


def _sector(content: bytes, size: int, number: int) -> bytes:
    start = (number + 1) * size
    if start + size > len(content):
        raise ValueError("a sector lies outside the file")
    return content[start : start + size]


def _chain(content: bytes, size: int, table: tuple[int, ...], first: int) -> bytes:
    return _follow(table, first, lambda n: _begun_sector(content, size, n))


def _begun_sector(content: bytes, size: int, number: int) -> bytes:
    """A sector; some programs leave the last one short."""
    if (number + 1) * size >= len(content):
        raise ValueError("a sector lies outside the file")
    return content[(number + 1) * size : (number + 2) * size]


def _follow(table: tuple[int, ...], first: int, sector: Callable[[int], bytes]) -> bytes:
    """The sectors of one chain; a chain that comes back to itself is an error."""
    taken: list[bytes] = []
    number = first
    while number < _FREE:
        if len(taken) > len(table):
            raise ValueError("a chain of sectors has no end")
        taken.append(sector(number))
        number = table[number]
    return b"".join(taken)
