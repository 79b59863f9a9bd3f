"""Typesetting: the one door to typst.

Values reach a template as JSON, so no text of theirs is ever read as markup. Only the fonts shipped
beside this file are used; a PDF is tagged and checked against PDF/UA-1 and PDF/A-2a as it is made.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from kbo_core.documents.text_layer import without_repeated_syllables

FONT = "Sarabun"
_FONT_WEIGHTS = {400, 700}
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# What Sarabun can draw of what an office may type; anything else would stop the whole paper.
_UNPRINTABLE = re.compile(
    "[^\n\u0020-\u007e\u00a0-\u017e\u0e01-\u0e3a\u0e3f-\u0e5b\u2010\u2012-\u2015\u2018-\u201a\u201c-\u201e"
    "\u2020-\u2022\u2026\u2032\u2033\u20ac\u2190-\u2193\u2264\u2265\u25a0]"
)
_LOST = "■"


def typeset(template: str, values: Mapping[str, object], made_at: datetime) -> bytes:
    """The PDF of a template in ``templates/`` with these values; the same values give the same bytes.

    A character that the font cannot draw is printed as ■. ``made_at`` becomes the file's own date.
    Raises RuntimeError when a font is missing or typst warns of anything: such a paper is not sent.
    """
    folder = Path(str(files("kbo_core.documents") / "templates"))
    pdf, warnings = typst.compile_with_warnings(
        folder / template,
        root=folder,
        font_paths=_fonts(),
        sys_inputs={"values": json.dumps(_printable(values), ensure_ascii=False)},
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(made_at.timestamp()),
    )
    if warnings:
        raise RuntimeError(f"{template}: " + "; ".join(w.message for w in warnings))
    return without_repeated_syllables(pdf)


@cache
def _fonts() -> typst.Fonts:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[Path(str(files("kbo_core.documents") / "fonts"))],
    )
    found = {font.weight for font in fonts.fonts() if font.family == FONT}
    if not found >= _FONT_WEIGHTS:
        raise RuntimeError(f"font {FONT} is not installed beside kbo_core.documents (weights found: {sorted(found)})")
    return fonts


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNPRINTABLE.sub(_LOST, _INVISIBLE.sub("", value))
    if isinstance(value, Mapping):
        return {key: _printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(inner) for inner in value]
    return value
