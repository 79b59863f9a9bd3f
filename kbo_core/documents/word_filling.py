"""Filling Word templates: the one door to docxtpl. An office's own template runs in a sandbox."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kbo_core.domain.findings import RefusedError, refused
from kbo_core.domain.thai_dates import BANGKOK
from kbo_core.domain.thai_text import thai_digits

_MOST_BYTES = 20_000_000  # unpacked; a letterhead with a picture takes far less
# What XML cannot hold, and what docxtpl would read as a break.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f\ufffe\uffff]")
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ACTIVE = re.compile(rb'vbaProject|/oleObject"|/attachedTemplate"|<!DOCTYPE|<!ENTITY')
_LINK = re.compile(rb"<Relationship\b[^>]*>")


def fill(template: bytes, name: str, values: Mapping[str, object], title: str, made_at: datetime) -> bytes:
    """The document that a template makes of these values; the same values give the same bytes.

    ``name`` is what the office calls the template. Raises RefusedError for a template that is no Word document, holds
    anything that acts by itself, or cannot be filled with these values.
    """
    _require_plain(template, name)
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    environment.globals.clear()
    environment.filters["thai_digits"] = thai_digits
    paper = DocxTemplate(io.BytesIO(template))
    try:
        paper.render(_writable(values), environment, autoescape=True)
    except RefusedError:
        raise
    except Exception as error:  # whatever a template may do wrong
        raise _unfillable(name, error) from None
    about = paper.docx.core_properties
    about.title, about.author, about.last_modified_by, about.language = title, "", "", "th-TH"
    about.created = about.modified = made_at.astimezone(BANGKOK).replace(tzinfo=None)
    about.revision = 1
    packed = io.BytesIO()
    paper.save(packed)
    return _dated(packed.getvalue(), made_at)


def _require_plain(template: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
                raise refused(
                    "letter-template-too-large",
                    name,
                    f"แม่แบบหนังสือใหญ่เกิน {_MOST_BYTES // 1_000_000} MB เมื่อคลายแล้ว ย่อหรือนำรูปภาพออก",
                    f"the template is larger than {_MOST_BYTES // 1_000_000} MB unpacked; make its pictures smaller",
                )
            kinds = archive.read("[Content_Types].xml")
            archive.getinfo("word/document.xml")
            texts = [archive.read(part) for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))]
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError):
        raise _no_document(name) from None
    if any(_ACTIVE.search(text) or any(map(_reaches_out, _LINK.findall(text))) for text in texts):
        raise refused(
            "letter-template-unsafe",
            name,
            "แม่แบบหนังสือมีแมโคร วัตถุฝัง หรือลิงก์ออกภายนอก นำออกแล้วบันทึกเป็น .docx ใหม่",
            "the template holds a macro, an embedded object or an external link; take it out and save as .docx again",
        )
    if _MAIN not in kinds:
        raise _no_document(name)


def _reaches_out(link: bytes) -> bool:
    """Is this fetched from elsewhere when the document is opened? A link that a person clicks is not."""
    return b"External" in link and b"/hyperlink" not in link


def _no_document(name: str) -> RefusedError:
    return refused(
        "letter-template-unreadable",
        name,
        "เปิดแม่แบบหนังสือไม่ได้ บันทึกใหม่จาก Word เป็น .docx โดยไม่ใส่รหัสผ่าน",
        "the template cannot be opened; save it from Word as .docx without a password",
    )


def _unfillable(name: str, error: Exception) -> RefusedError:
    near = " ".join(" ".join(getattr(error, "docx_context", ())).split())
    said = f"{error}" if isinstance(error, TemplateError) else type(error).__name__
    if isinstance(error, SecurityError):
        return refused(
            "letter-template-unsafe",
            name,
            "แม่แบบหนังสือใช้คำสั่งที่ไม่อนุญาต ให้ใช้เฉพาะชื่อข้อมูลและเงื่อนไขดังในแม่แบบเดิม",
            "the template does what the sandbox forbids; use only the facts and conditions of the shipped one",
        )
    if isinstance(error, UndefinedError):
        return refused(
            "letter-template-unknown-name",
            name,
            f"แม่แบบหนังสืออ้างถึงสิ่งที่ไม่มี ({said}) ดูชื่อที่ใช้ได้ในแม่แบบเดิม (kbo office write-letters)",
            f"the template names what does not exist ({said}); kbo office write-letters shows the names",
        )
    return refused(
        "letter-template-syntax",
        f"{name}: {near[:200]}" if near else name,
        f"คำสั่งในแม่แบบหนังสือเขียนไม่ถูกต้อง ({said}) แก้ตามแม่แบบเดิม (kbo office write-letters)",
        f"the template is not well formed ({said}); kbo office write-letters shows how it is written",
    )


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNWRITABLE.sub(" ", value)
    if isinstance(value, Mapping):
        return {key: _writable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(inner) for inner in value]
    return value


def _dated(packed: bytes, made_at: datetime) -> bytes:
    """The same archive with every part dated by the paper, not by the clock."""
    day = made_at.astimezone(BANGKOK).timetuple()[:6]
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(zipfile.ZipInfo(part.filename, day), source.read(part), zipfile.ZIP_DEFLATED)
    return output.getvalue()
