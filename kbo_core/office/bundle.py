"""The evidence bundle as a file: packed with marks that name any byte changed later, and opened as untrusted.

The zip ends in a seal (its comment) over every byte before it; ``manifest.json`` marks every member, and follows from
the members themselves.
"""

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kbo_core.documents.archives import archive
from kbo_core.domain.byte_marks import Change, Marks, first_difference
from kbo_core.domain.findings import Finding, RefusedError, block, refused
from kbo_core.office.results import json_bytes

ABOUT, MANIFEST, LOG = "about.json", "manifest.json", "log.jsonl"
FORMAT = 2
_SEAL_LENGTH = 256
_SEAL = re.compile(rb"kbo-evidence bytes=([0-9]+) sha256=([0-9a-f]{64}) sum=([0-9]+) moment=([0-9]+) *")
_NAME = re.compile(r"[^\x00-\x1f\\:]+")
_MOST_MEMBERS = 50_000
_MOST_BYTES = 2_000_000_000
_MOST_TIMES, _FROM_BYTES = 200, 50_000_000  # unpacked over packed, of what is large: no register packs so well
_BAD = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, OSError, ValueError)


def pack(files: Mapping[str, bytes], about: Mapping[str, object], made_at: datetime) -> bytes:
    """The bundle of these files; ``about`` is what the manifest says beside their marks."""
    whole = {**files, ABOUT: json_bytes(dict(about))}
    packed = archive({**whole, MANIFEST: manifest_of(whole)}, made_at)
    body = packed[:-2] + struct.pack("<H", _SEAL_LENGTH)  # the length of the comment that follows
    return body + _seal(body)


def manifest_of(members: Mapping[str, bytes]) -> bytes:
    """The manifest that follows from the members. Raises ValueError when ABOUT is not among them or not JSON."""
    about = json.loads(members.get(ABOUT, b""))
    if not isinstance(about, dict):
        raise ValueError(ABOUT)
    marks = {name: Marks.of(content) for name, content in sorted(members.items()) if name != MANIFEST}
    return json_bytes(
        {
            **about,
            "files": {name: mark.sha256 for name, mark in marks.items()},
            "marks": {name: mark.as_dict() for name, mark in marks.items()},
        }
    )


@dataclass(frozen=True)
class Opened:
    """A bundle's members, each single changed byte undone, and what was found of its bytes.

    ``broken`` are the members that differ from what was sealed and could not be restored.
    """

    members: Mapping[str, bytes]
    findings: tuple[Finding, ...]
    broken: frozenset[str]


def open_bundle(content: bytes) -> Opened:
    """The members of a bundle.

    Raises RefusedError for what is no bundle, or one that would harm whoever unpacks it.
    """
    content, of_the_zip = _unsealed(content)
    try:
        members, unreadable = _members(content)
    except RefusedError:
        if not of_the_zip or not _SEAL.search(content[-_SEAL_LENGTH:]):
            raise
        return Opened({}, tuple(of_the_zip), frozenset())  # one of ours, harmed too much to be opened
    if MANIFEST not in members and MANIFEST not in {name for name, _ in unreadable}:
        raise _no_bundle("ไม่มี manifest.json", "there is no manifest.json")
    lost = [
        block(
            "member-unreadable",
            name,
            f"คลายแฟ้มนี้จาก zip ไม่ได้ ข้อมูลอยู่ระหว่างตำแหน่ง {span[0]} ถึง {span[1] - 1} ของแฟ้ม zip",
            f"cannot be unpacked; it lies between offsets {span[0]} and {span[1] - 1} of the zip",
        )
        for name, span in unreadable
    ]
    opened = _checked(members, {name for name, _ in unreadable})
    return replace(
        opened,
        findings=(*of_the_zip, *lost, *opened.findings),
        broken=opened.broken | {name for name, _ in unreadable},
    )


def _seal(body: bytes) -> bytes:
    marks = Marks.of(body)
    words = f"kbo-evidence bytes={marks.length} sha256={marks.sha256} sum={marks.total} moment={marks.moment}"
    return words.encode().ljust(_SEAL_LENGTH)


def _unsealed(content: bytes) -> tuple[bytes, list[Finding]]:
    """The bytes with a single changed one undone, and what the seal says of them."""
    body, seal = content[:-_SEAL_LENGTH], content[-_SEAL_LENGTH:]
    due = _seal(body)
    if seal == due:
        return content, []
    told = _SEAL.fullmatch(seal)
    if told:
        marks = Marks(told[2].decode(), int(told[1]), int(told[3]), int(told[4]), "")
        if found := marks.restored(body):
            return found[0] + seal, [_zip_changed(found[0] + seal, found[1])]
    if len(seal) == len(due) and sum(a != b for a, b in zip(seal, due, strict=True)) == 1:
        change = first_difference(due, seal)
        assert change is not None  # noqa: S101 - they differ
        at = len(body) + change.offset
        return body + due, [_zip_changed(content, replace(change, offset=at, until=at + 1))]
    return content, [
        block(
            "bundle-bytes-differ",
            "zip",
            "ไบต์ของแฟ้ม zip ไม่ใช่ไบต์ที่ระบบออกให้ (ถูกบีบอัดใหม่ หรือถูกแก้ไขหลายตำแหน่ง) ขอแฟ้มต้นฉบับจากสำนักงาน",
            "the bytes of the zip are not those that were issued: packed anew, or changed in several places",
        )
    ]


def _zip_changed(mended: bytes, change: Change) -> Finding:
    where = _place_in(mended, change.offset)
    return block(
        "bundle-byte-changed",
        f"zip: {change.offset} ({where})",
        f"แฟ้ม zip ถูกแก้ไข {change.th} อยู่ใน {where}",
        f"the zip was changed: {change.en}, in {where}",
    )


def _place_in(content: bytes, offset: int) -> str:
    """Which member an offset of a sound zip lies in; else the directory at its end."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            starts = sorted((entry.header_offset, entry.filename) for entry in packed.infolist())
            end = packed.start_dir
    except _BAD:
        return "zip"
    if offset >= end:
        return "directory"
    return next((name for start, name in reversed(starts) if start <= offset), "directory")


def _members(content: bytes) -> tuple[dict[str, bytes], list[tuple[str, tuple[int, int]]]]:
    """The members as they unpack, and those that do not with their place in the zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            _refuse_unsafe(entries, len(content))
            members: dict[str, bytes] = {}
            lost: list[tuple[str, tuple[int, int]]] = []
            left = _MOST_BYTES
            starts = [*sorted(entry.header_offset for entry in entries), packed.start_dir]
            for entry in entries:
                try:
                    with packed.open(entry) as member:
                        unpacked = member.read(left + 1)
                except _BAD:
                    after = next(at for at in starts if at > entry.header_offset)
                    lost.append((entry.filename, (entry.header_offset, after)))
                    continue
                left -= len(unpacked)
                if left < 0:
                    raise _too_large()
                members[entry.filename] = unpacked
            return members, lost
    except RefusedError:
        raise
    except _BAD:
        raise _no_bundle("เปิดเป็น zip ไม่ได้", "it cannot be opened as a zip") from None


def _refuse_unsafe(entries: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > _MOST_MEMBERS or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise _too_large()
    if sum(entry.file_size for entry in entries) > max(_FROM_BYTES, _MOST_TIMES * packed_bytes):
        raise _too_large()
    for entry in entries:
        is_link = entry.external_attr >> 16 & 0o170000 == 0o120000
        parts = entry.filename.split("/")
        if not _NAME.fullmatch(entry.filename) or {"", ".", ".."} & set(parts) or is_link:
            raise refused(
                "bundle-unsafe-path",
                repr(entry.filename),
                "ในแฟ้ม zip มีชื่อแฟ้มที่ชี้ออกนอกโฟลเดอร์หรือเป็นทางลัด จึงไม่เปิด",
                "the zip holds a name that leads elsewhere, a folder or a link",
            )
        if entry.flag_bits & 0x1:
            raise _no_bundle("แฟ้มใน zip มีรหัสผ่าน", "a member is encrypted")
    if len({name.casefold() for name in names}) != len(names):
        raise refused(
            "bundle-name-twice", "zip", "ในแฟ้ม zip มีชื่อแฟ้มซ้ำกัน จึงไม่เปิด", "two members of the zip have one name"
        )


def _too_large() -> RefusedError:
    return refused(
        "bundle-too-large",
        "zip",
        f"เมื่อคลายแล้วใหญ่เกิน {_MOST_BYTES // 1_000_000} MB หรือมีแฟ้มมากเกิน จึงไม่เปิด (อาจเป็น zip bomb)",
        "it unpacks to more than a bundle ever holds, and is not opened",
    )


def _no_bundle(th: str, en: str) -> RefusedError:
    return refused(
        "bundle-unreadable", "zip", f"แฟ้มนี้ไม่ใช่ชุดหลักฐานของ kbo ({th})", f"this is no evidence bundle of kbo: {en}"
    )


def _checked(members: dict[str, bytes], unreadable: set[str]) -> Opened:
    """The members against the manifest, and the manifest against the members."""
    written = members.get(MANIFEST, b"")
    try:
        due = manifest_of(members) if not unreadable else b""
    except ValueError:
        due = b""
    if due and len(due) == len(written) and sum(a != b for a, b in zip(due, written, strict=True)) == 1:
        change = first_difference(due, written)
        assert change is not None  # noqa: S101 - they differ
        return Opened(members | {MANIFEST: due}, (_changed(MANIFEST, change),), frozenset())
    try:
        manifest = json.loads(written)
        if manifest.get("format") != FORMAT:
            raise refused(
                "bundle-format",
                MANIFEST,
                "ชุดหลักฐานนี้ออกโดยรุ่นก่อนที่ยังตรวจซ้ำไม่ได้ หรือรุ่นใหม่กว่าโปรแกรมนี้",
                f"a bundle of format {manifest.get('format', 1)}; this programme verifies format {FORMAT}",
            )
        marks = {name: Marks.read(digest, manifest["marks"][name]) for name, digest in manifest["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return _without_manifest(members, written, due)
    findings: list[Finding] = []
    mended, broken = dict(members), set[str]()
    for name in sorted(marks.keys() - members.keys() - unreadable):
        broken.add(name)
        findings.append(block("member-missing", name, "แฟ้มนี้หายไปจากชุดหลักฐาน", "named by the manifest, but not there"))
    for name in sorted(members.keys() - marks.keys() - {MANIFEST}):
        findings.append(block("member-extra", name, "แฟ้มนี้ไม่มีใน manifest", "there, but not named by the manifest"))
        del mended[name]
    for name, mark in marks.items():
        if name not in members or Marks.of(members[name]).as_dict() == mark.as_dict():
            continue  # where the hash alone differs, it is the manifest's
        if found := mark.restored(members[name]):
            mended[name], change = found
        else:
            broken.add(name)
            change = mark.first_change(members[name])
        findings.append(_changed(name, change))
    if not broken:
        try:
            due = manifest_of(mended)
        except ValueError:
            due = written
        if (change_ := first_difference(due, written)) is not None:
            findings.append(_changed(MANIFEST, change_))
    return Opened(mended, tuple(findings), frozenset(broken))


def _without_manifest(members: dict[str, bytes], written: bytes, due: bytes) -> Opened:
    """A manifest that cannot be read: where it departs from what the members say, and no more."""
    change = first_difference(due, written) if due else Change(0, max(len(written), 1))
    finding = _changed(MANIFEST, change or Change(0, 1))
    return Opened(members, (finding,), frozenset({MANIFEST}))


def _changed(name: str, change: Change) -> Finding:
    return block(
        "member-changed",
        f"{name}: {change.offset}",
        f"แฟ้ม {name} ถูกแก้ไข {change.th}",
        f"{name} was changed: {change.en}",
    )
