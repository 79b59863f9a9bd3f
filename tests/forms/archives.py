"""Files changed part by part and byte by byte."""

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

from kbo_core.documents.form_ods import report_form_ods
from tests.forms.sheets import PACKET

ODS = report_form_ods(PACKET)
XLS = (Path(__file__).parent / "made" / "pass-ours.xls").read_bytes()


def repacked(content: bytes, change: Mapping[str, bytes | None]) -> bytes:
    """The archive with members added, replaced or removed; the first member stays the first."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if (part := change.get(member.filename, old.read(member))) is not None:
                packing = zipfile.ZIP_STORED if member.filename == "mimetype" else zipfile.ZIP_DEFLATED
                new.writestr(member.filename, part, packing)
        for name, part in change.items():
            if part is not None and name not in old.namelist():
                new.writestr(name, part)
    return output.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def with_part(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The archive with something else in one part."""
    part = part_of(content, name)
    assert old in part
    return repacked(content, {name: part.replace(old, new, 1)})


def xls_with_entry(name: str) -> bytes:
    """The XLS with its summary stream under another name."""
    old, new = ("\x05SummaryInformation".encode("utf-16-le"), name.encode("utf-16-le"))
    at = XLS.index(old)
    changed = bytearray(XLS)
    changed[at : at + 64] = new.ljust(64, b"\0")
    changed[at + 64 : at + 66] = struct.pack("<H", len(new) + 2)
    return bytes(changed)


def xls_with_record(kind: int, change: bytes, *, as_kind: int | None = None) -> bytes:
    """The XLS with the beginning of its first record of a kind overwritten, and its kind changed."""
    stream = XLS.index(struct.pack("<HH", 0x0809, 16))
    at = stream
    while struct.unpack_from("<H", XLS, at)[0] != kind:
        at += 4 + struct.unpack_from("<H", XLS, at + 2)[0]
    changed = bytearray(XLS)
    changed[at + 4 : at + 4 + len(change)] = change
    if as_kind is not None:
        changed[at : at + 2] = struct.pack("<H", as_kind)
    return bytes(changed)
