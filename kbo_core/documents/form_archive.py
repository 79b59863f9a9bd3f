"""XLSX and ODS: what must not be in the archive, looked for in the bytes of its parts."""

import re
import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from kbo_core.documents.form_kinds import Kind
from kbo_core.domain.submission_words import refusal

MAX_UNPACKED_BYTES = 20_000_000
MAX_RATIO = 200
MAX_MEMBERS = 1000
_SMALL_BYTES = 1_000_000  # a small part may well be all blanks

_ENCODING = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svm")

# Office Open XML. Parts may lie anywhere, so relationships and content types are asked, and the usual places too.
_MACRO_PARTS = ("vbaproject.bin", "xl/macrosheets/", "xl/dialogsheets/")
_EMBEDDED_PARTS = ("xl/embeddings/", "xl/activex/", "xl/ctrlprops/")
_LINK_PARTS = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")
_TYPE = re.compile(rb"(?:Type|ContentType)\s*=\s*[\"']([^\"']*)[\"']")
_MACRO_TYPES = re.compile(rb"vbaproject|macrosheet|dialogsheet|attachedtoolbars|customui", re.IGNORECASE)
_EMBEDDED_TYPES = re.compile(rb"/oleobject|oleobject$|/package$|/control$|activex|ctrlprop", re.IGNORECASE)
_LINK_TYPES = re.compile(rb"externallink|/connections|querytable|attachedtemplate|volatiledependencies", re.IGNORECASE)
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']")
_HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")  # a typed e-mail address makes one; never followed
_MACRO_BOOK = re.compile(rb"\.macroEnabled", re.IGNORECASE)

# OpenDocument.
_MACRO_FOLDERS = ("basic/", "scripts/")
_OBJECT_PARTS = re.compile(r"(?:^|/)object(?:replacements| [0-9]+)(?:/|$)")
_ODS_MACRO = re.compile(rb"<script:event-listener\b|<office:script\b|<presentation:event-listener\b")
_ODS_EMBEDDED = re.compile(rb"<draw:(?:object|object-ole|plugin|applet|floating-frame)\b|<form:(?:form|connection)\b")
_ODS_LINK = re.compile(
    rb"<office:dde-source\b|<table:(?:table-source|cell-range-source|dde-links)\b"
    rb"|<(?:draw:image|draw:fill-image|style:background-image)\b[^>]*?xlink:href\s*=\s*[\"'](?:[a-z][a-z0-9+.-]*:|/|\.\.)"
    rb"|table:formula\s*=\s*(?:\"[^\"]*|'[^']*)(?:file:|https?:|\bDDE\s*\(|\bWEBSERVICE\s*\()",
    re.IGNORECASE,
)


def screened_parts(content: bytes, name: str, kind: Kind) -> dict[str, bytes]:
    """The parts of a zipped workbook by name.

    Raises RefusedError for what is not accepted, and what ``zipfile`` raises for a damaged archive.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = archive.infolist()
        _screen_sizes(members, name)
        _screen_names(members, name)
        if any(m.flag_bits & 0x1 for m in members):
            raise refusal("form-encrypted", name)
        parts = {m.filename: archive.read(m) for m in members if not m.is_dir()}
    if kind is Kind.ODS:
        _screen_opendocument(parts, name)
    else:
        _screen_office(parts, name)
    for member, part in parts.items():
        if not member.lower().endswith(_PICTURES):
            _screen_markup(member, part, name)
    return parts


def _screen_sizes(members: list[zipfile.ZipInfo], name: str) -> None:
    unpacked = sum(m.file_size for m in members)
    packed = sum(m.compress_size for m in members)
    swollen = any(m.file_size > max(_SMALL_BYTES, MAX_RATIO * m.compress_size) for m in members)
    over = unpacked > max(_SMALL_BYTES, MAX_RATIO * packed)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or over or swollen:
        raise refusal("form-zip-bomb", name)


def _screen_names(members: list[zipfile.ZipInfo], name: str) -> None:
    names = [m.filename.lower() for m in members]
    # ``orig_filename`` still has what ZipInfo mends: NUL bytes and back slashes.
    if len(set(names)) != len(names) or any(_leads_outside(m.orig_filename) for m in members):
        raise refusal("form-unsafe-names", name)


def _leads_outside(member: str) -> bool:
    return member.startswith("/") or any(c in member for c in "\\:\0") or ".." in member.split("/")


def _screen_markup(member: str, part: bytes, name: str) -> None:
    """No DTD, no entities, nothing but UTF-8: in any other encoding the searches here would look past what a parser
    sees."""
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise refusal("form-unsafe-xml", name)
    if not (
        member.lower().endswith((".xml", ".rels", ".vml", ".rdf")) or part.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"
    ):
        return
    encoding = _ENCODING.match(part)
    if b"\0" in part or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise refusal("form-unsafe-xml", name)


# Office Open XML


def _screen_office(parts: dict[str, bytes], name: str) -> None:
    names = {member.lower(): part for member, part in parts.items()}
    types, links = _types_and_links(names)
    if _has(names, _MACRO_PARTS) or _MACRO_TYPES.search(types):
        raise refusal("form-macros", name)
    if _has(names, _EMBEDDED_PARTS) or any(_EMBEDDED_TYPES.search(kind) for kind in types.split(b"\n")):
        raise refusal("form-embedded", name)
    if _has(names, _LINK_PARTS) or _LINK_TYPES.search(types) or _has_external(links):
        raise refusal("form-external-links", name)
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise refusal("form-not-spreadsheet", name)
    if _MACRO_BOOK.search(names["[content_types].xml"]) and PurePosixPath(name.lower()).suffix != ".xlsm":
        raise refusal("form-renamed", name, ending=PurePosixPath(name.lower()).suffix, kind="Excel (.xlsm)")


def _types_and_links(names: dict[str, bytes]) -> tuple[bytes, list[bytes]]:
    """Every type that the package names, one a line, and all its relationships."""
    told = [part for member, part in names.items() if member.endswith(".rels") or member == "[content_types].xml"]
    types = b"\n".join(kind for part in told for kind in _TYPE.findall(part))
    return types, [link for part in told for link in _RELATIONSHIP.findall(part)]


def _has(names: dict[str, bytes], places: tuple[str, ...]) -> bool:
    return any(n.startswith(place) or (place.endswith(".bin") and place in n) for n in names for place in places)


def _has_external(links: list[bytes]) -> bool:
    return any(_EXTERNAL.search(link) and not _HYPERLINK.search(link) for link in links)


# OpenDocument


def _screen_opendocument(parts: dict[str, bytes], name: str) -> None:
    names = {member.lower(): part for member, part in parts.items()}
    manifest = names.get("meta-inf/manifest.xml", b"")
    if b"encryption-data" in manifest or "encrypted-package" in names:
        raise refusal("form-encrypted", name)
    markup = [names.get(member, b"") for member in ("content.xml", "styles.xml")]
    if any(n.startswith(_MACRO_FOLDERS) for n in names) or any(_ODS_MACRO.search(part) for part in markup):
        raise refusal("form-macros", name)
    if any(_OBJECT_PARTS.search(n) for n in names) or any(_ODS_EMBEDDED.search(part) for part in markup):
        raise refusal("form-embedded", name)
    if any(_ODS_LINK.search(part) for part in markup):
        raise refusal("form-external-links", name)
    if "content.xml" not in names:
        raise refusal("form-not-spreadsheet", name)
