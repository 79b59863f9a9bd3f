"""CSV, TSV and other delimited text → one grid, whatever its encoding and its separator."""

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np
import pyarrow as pa

from kbo_core.domain.definition import Source
from kbo_core.domain.findings import Finding, RefusedError, info, refused
from kbo_core.registry.grids import Grid
from kbo_core.registry.headings import SEARCHED_ROWS, count_headings
from kbo_core.registry.sources import SourceFile
from kbo_core.registry.well_formed import well_formed_columns

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OLD_THAI = "cp874"
_SEPARATORS = ",;\t|"
_LOOKED_AT = 1 << 16
_CHUNK_ROWS = 2_000
_WIDEST = 16_384  # as wide as a spreadsheet can be
_ABOVE_OR_BELOW = frozenset(
    "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d"
)


def read_delimited(file: SourceFile, source: Source) -> Grid:
    """The table in a text file; row 1 is its first record, and a record may run over several lines.

    Raises RefusedError when the bytes are no text in the encoding, or no table.
    """
    encoding = source.encoding or _encoding_by_bytes(file.content)
    if encoding is None:
        _refuse_binary(file, "utf-8")
        try:
            return _grid(file, "utf-8")
        except UnicodeDecodeError as error:
            if not _is_old_thai(file.content):
                raise _wrong(file, "UTF-8", error) from None
        return _read_as(file, _OLD_THAI, _told_old_thai(file))
    return _read_as(file, encoding)


def _read_as(file: SourceFile, encoding: str, *findings: Finding) -> Grid:
    try:
        _refuse_binary(file, codecs.lookup(encoding).name)
        return _grid(file, encoding, *findings)
    except LookupError:
        raise refused(
            "encoding-unknown",
            file.title,
            f"ไม่รู้จักรหัสอักขระ {encoding} ใช้ encoding: utf-8, cp874 หรือ utf-16",
            f"unknown encoding: {encoding}",
        ) from None
    except UnicodeError as error:  # some codecs raise it without saying where
        raise _wrong(file, encoding, error) from None
    except ValueError:
        raise refused("encoding-unknown", file.title, "ชื่อรหัสอักขระใช้ไม่ได้", "not the name of an encoding") from None


def _encoding_by_bytes(content: bytes) -> str | None:
    """The encoding that a mark or the place of the zero bytes gives away; None when nothing does."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding
    head = np.frombuffer(content[: _LOOKED_AT if len(content) > _LOOKED_AT else len(content) // 2 * 2], np.uint8)
    high_first, high_last = int((head[::2] == 0).sum()), int((head[1::2] == 0).sum())
    if high_last > 0 and high_first * 100 <= high_last:
        return "utf-16-le"
    if high_first > 0 and high_last * 100 <= high_first:
        return "utf-16-be"
    return None


def _refuse_binary(file: SourceFile, encoding: str) -> None:
    """A zero character stands in no table; only the wide encodings have zero bytes."""
    if encoding.startswith("utf-16"):
        binary = not np.frombuffer(file.content[: len(file.content) // 2 * 2], np.uint16).all()
    else:
        binary = not encoding.startswith("utf-32") and b"\0" in file.content and _is_text(file.content, encoding)
    if binary:
        raise refused(
            "file-not-a-spreadsheet",
            file.title,
            "แฟ้มนี้ไม่ใช่ตาราง CSV เปิดด้วยโปรแกรมตารางคำนวณแล้วบันทึกใหม่",
            "not a CSV table: it holds binary data",
        )


def _is_text(content: bytes, encoding: str) -> bool:
    """Whether the bytes are text at all: what is not is told as a wrong encoding."""
    try:
        content.decode(encoding)
    except UnicodeError:
        return False
    return True


def _is_old_thai(content: bytes) -> bool:
    """Whether the bytes read as Thai in the old encoding: nearly all Thai letters, every mark on a letter."""
    if b"\0" in content:
        return False
    try:
        text = content.decode(_OLD_THAI)[:_LOOKED_AT]
    except UnicodeDecodeError:
        return False
    foreign = [n for n, letter in enumerate(text) if letter > "\x7f"]
    thai = [n for n in foreign if "\u0e01" <= text[n] <= "\u0e5b"]
    stray = sum(text[n] in _ABOVE_OR_BELOW and (n == 0 or not "\u0e01" <= text[n - 1] <= "\u0e4d") for n in thai)
    consonants = sum("\u0e01" <= text[n] <= "\u0e2e" for n in thai)
    return len(thai) >= 0.95 * len(foreign) and stray <= 0.02 * len(thai) and consonants >= 0.4 * len(thai)


def _grid(file: SourceFile, encoding: str, *findings: Finding) -> Grid:
    text = _opened(file.content, encoding)
    columns = well_formed_columns(_as_utf8(file.content, encoding, text), text.separator)
    if columns is None:
        try:
            columns = _columns(text)
        except csv.Error as error:
            raise _malformed(file, encoding, error) from None
    return Grid("", columns, len(columns[0]) if columns else 0, findings=findings)


def _as_utf8(content: bytes, encoding: str, text: "_Text") -> bytes:
    """The bytes of a table's lines; UTF-8 is taken as it is, mark and all, for Arrow reads it anyway."""
    if codecs.lookup(encoding).name not in ("utf-8", "utf-8-sig"):
        content = content.decode(encoding).encode()
    return content.split(b"\n", 1)[1] if text.above and b"\n" in content else content


def _columns(text: "_Text") -> list[pa.Array]:
    """The columns of any text, row by row.

    Raises csv.Error where quotation marks do not pair.
    """
    reader = csv.reader(text.lines, delimiter=text.separator, strict=True)
    columns: list[list[pa.Array]] = []
    height = 0
    while rows := [*islice(reader, _CHUNK_ROWS)]:
        cells = [*zip_longest(*rows, fillvalue="")]
        if len(cells) > _WIDEST:
            raise csv.Error(f"more than {_WIDEST} columns")
        columns += [[pa.nulls(height, pa.string())] for _ in range(len(cells) - len(columns))]
        for n, column in enumerate(columns):
            column.append(pa.array(cells[n], pa.string()) if n < len(cells) else pa.nulls(len(rows), pa.string()))
        height += len(rows)
    return [pa.concat_arrays(column) for column in columns]


@dataclass(frozen=True)
class _Text:
    """A table's lines without byte-order mark and without the ``sep=`` line of Excel's, which ``above`` counts."""

    lines: io.TextIOWrapper
    separator: str
    above: int = 0


def _opened(content: bytes, encoding: str) -> _Text:
    sample = io.TextIOWrapper(io.BytesIO(content), encoding, newline="").read(_LOOKED_AT)
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    if sample.startswith("\ufeff"):
        sample = sample[1:]
        text.read(1)
    first = sample.partition("\n")[0].rstrip("\r").strip('"')
    if len(first) == 5 and first.lower().startswith("sep="):
        text.readline()
        return _Text(text, first[4], above=1)
    return _Text(text, _separator(sample))


def _separator(sample: str) -> str:
    """The separator that lays bare the most known headings, else divides the most rows; a comma where none divides."""
    return max(_SEPARATORS, key=lambda separator: _division(sample, separator))


def _division(sample: str, separator: str) -> tuple[int, int, int, int]:
    """The most known headings in a row, how many rows are divided, how many of them alike, and into how many cells."""
    known, widths = 0, Counter[int]()
    try:
        for n, row in enumerate(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), 200)):
            if len(row) > 1 and any(cell.strip() for cell in row):
                known = max(known, count_headings(row) if n < SEARCHED_ROWS else 0)
                widths[len(row)] += 1
    except csv.Error:  # told where the whole table is read
        pass
    alike, width = max(((count, width) for width, count in widths.items()), default=(0, 0))
    return known, widths.total(), alike, width


def _malformed(file: SourceFile, encoding: str, error: csv.Error) -> RefusedError:
    line = _line_of_fault(file.content, encoding)
    return refused(
        "csv-malformed",
        f"{file.title}: บรรทัดที่ {line}",
        f'ตาราง CSV ผิดรูปในแถวที่เริ่มบรรทัดที่ {line} มักเป็นเครื่องหมายอัญประกาศ (") ที่ไม่มีคู่ ({error}) '
        "แก้บรรทัดนั้น หรือเปิดด้วยโปรแกรมตารางคำนวณแล้วบันทึกใหม่",
        f"malformed CSV in the record that begins in line {line}: {error}",
    )


def _line_of_fault(content: bytes, encoding: str) -> int:
    """The line, 1-based, in which the record begins that cannot be read."""
    text = _opened(content, encoding)
    before = 0
    reader = csv.reader(text.lines, delimiter=text.separator, strict=True)
    try:
        for _ in reader:
            before = reader.line_num
    except csv.Error:
        pass
    return text.above + before + 1


def _wrong(file: SourceFile, encoding: str, error: UnicodeError) -> RefusedError:
    return refused(
        "encoding-wrong",
        file.title,
        f"แฟ้มข้อความนี้ไม่ใช่ {encoding} หากเป็นแฟ้มภาษาไทยแบบเก่า ให้เพิ่ม encoding: cp874 ที่แหล่งข้อมูลนี้ หรือบันทึกใหม่เป็น CSV UTF-8",
        f"not {encoding} text ({error}): give encoding: cp874, or save as UTF-8",
    )


def _told_old_thai(file: SourceFile) -> Finding:
    return info(
        "encoding-detected",
        file.title,
        "แฟ้มนี้ไม่ใช่ UTF-8 จึงอ่านเป็นภาษาไทยแบบเก่า (cp874 หรือ TIS-620) หากอักษรถูกต้อง ให้เพิ่ม encoding: cp874 "
        "ที่แหล่งข้อมูลนี้เพื่อยืนยัน หากไม่ถูกต้อง ให้บันทึกใหม่เป็น CSV UTF-8",
        "not UTF-8, read as cp874: state encoding: cp874, or save the file as UTF-8",
    )
