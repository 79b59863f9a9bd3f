"""The text layer of a PDF: each Thai syllable once.

A tone mark that the font raises is drawn as a text group of its own. Typst gives that group the whole
syllable's text once more, so a search or a screen reader meets ``ผึ้ผึ้ง`` for ``ผึ้ง``. Here the first group keeps
the text up to the mark and the second says the mark alone; what is drawn stays as it is.
"""

import re
import zlib
from itertools import pairwise

_STREAM = re.compile(rb"<</Length (\d+)(?P<type>/Type/CMap)?/Filter/FlateDecode(?:/WMode 0)?>>\nstream\n")
_GROUP = re.compile(
    rb"(?s)q 1 0 0 -1 [-\d.]+ (?P<height>[-\d.]+) cm/c\d+ cs \d+(?: [\d.]+)* scn\nBT(?P<shown>.*?)\nET\nQ\n"
)
_BETWEEN = re.compile(rb"(?:EMC/Span<</MCID \d+>>BDC\n)?")
_GLYPH = re.compile(rb"(?s)\((?P<code>(?:\\[0-7]{3}|\\.|[^\\()])*)\)")
_ESCAPED = re.compile(rb"(?s)\\([0-7]{3}|.)")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_MAPPED = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")
_SPAN = re.compile(rb"/Span<</ActualText<FEFF([0-9A-F]*)>>>BDC")
_CHARACTER = 4  # hexadecimal digits
_RAISED_AT_MOST = 3.0  # points: the highest that a mark is raised; the next line is farther away


def without_repeated_syllables(pdf: bytes) -> bytes:
    """The PDF with each syllable once in its text layer; nothing else changes."""
    at = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    table, trailer = pdf[at : pdf.rindex(b"trailer")], pdf[pdf.rindex(b"trailer") : pdf.rindex(b"startxref")]
    entries = table.split(b"\r\n")
    offsets = sorted(int(entry.split()[-3]) for entry in entries if entry.endswith(b" n"))
    parts = [pdf[start:end] for start, end in pairwise([*offsets, at])]
    meanings = {pair for part in parts for pair in _meanings(part)}
    moved: dict[int, int] = {}
    output = bytearray(pdf[: offsets[0]])
    for start, part in zip(offsets, parts, strict=True):
        moved[start] = len(output)
        output += _mended_object(part, meanings)
    new_table = b"\r\n".join(_moved_entry(entry, moved) for entry in entries)
    return bytes(output) + new_table + trailer + b"startxref\n%d\n%%%%EOF" % len(output)


def _moved_entry(entry: bytes, moved: dict[int, int]) -> bytes:
    """A line of the cross-reference table; the first also carries the table's heading."""
    if not entry.endswith(b" n"):
        return entry
    offset = entry.split()[-3]
    return entry.replace(offset, b"%010d" % moved[int(offset)])


def _meanings(part: bytes) -> list[tuple[bytes, bytes]]:
    """What a font of the file says its glyphs mean: glyph code and text, both in hexadecimal."""
    head = _STREAM.search(part)
    if head is None or not head["type"]:
        return []
    return _MAPPED.findall(zlib.decompress(part[head.end() : head.end() + int(head[1])]))


def _mended_object(part: bytes, meanings: set[tuple[bytes, bytes]]) -> bytes:
    head = _STREAM.search(part)
    if head is None or head["type"]:
        return part
    end = head.end() + int(head[1])
    content = zlib.decompress(part[head.end() : end])
    mended = _mended_content(content, meanings)
    if mended == content:
        return part
    packed = zlib.compress(mended)
    new_head = b"<</Length %d/Filter/FlateDecode>>\nstream\n" % len(packed)
    return part[: head.start()] + new_head + packed + part[end:]


def _mended_content(content: bytes, meanings: set[tuple[bytes, bytes]]) -> bytes:
    edits: list[tuple[int, int, bytes]] = []
    base_height, base_end = 0.0, 0
    base: re.Match[bytes] | None = None
    for group in _GROUP.finditer(content):
        height, shown = float(group["height"]), group["shown"]
        follows = _BETWEEN.fullmatch(content, base_end, group.start()) is not None
        raised = 0 < abs(height - base_height) < _RAISED_AT_MOST
        if base and follows and raised and _repeats(shown, base[1], meanings):
            edits.append((base.start(1), base.end(1), base[1][:-_CHARACTER]))
            edits.append((group.start("shown"), group.end("shown"), _saying(base[1][-_CHARACTER:], shown)))
            base = None
        else:
            spans = list(_SPAN.finditer(content, group.start("shown"), group.end("shown")))
            base = spans[-1] if spans and shown.endswith(b"EMC") else None
            base_height = height
        base_end = group.end()
    return _edited(content, edits)


def _edited(content: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    output = bytearray()
    done = 0
    for start, end, replacement in edits:
        output += content[done:start] + replacement
        done = end
    return bytes(output) + content[done:]


def _repeats(shown: bytes, text: bytes, meanings: set[tuple[bytes, bytes]]) -> bool:
    """Whether a group shows one thing, and that with this text."""
    if shown.count(b" Tf ") != 1:
        return False
    texts = _SPAN.findall(shown)
    if texts:
        return bool(texts == [text])
    codes = [_ESCAPED.sub(_unescaped, code).hex().upper().encode() for code in _GLYPH.findall(shown)]
    return len(codes) == 1 and (codes[0], text) in meanings


def _unescaped(escape: re.Match[bytes]) -> bytes:
    sign = escape[1]
    return bytes([int(sign, 8)]) if len(sign) == 3 else _LETTERS.get(sign, sign)


def _saying(text: bytes, shown: bytes) -> bytes:
    """The group's drawing under this text."""
    span = b"/Span<</ActualText<FEFF%s>>>BDC" % text
    return _SPAN.sub(span, shown) if _SPAN.search(shown) else span + shown + b"\nEMC"
