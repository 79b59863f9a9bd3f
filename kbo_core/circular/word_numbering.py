"""The list numbers that a word processor shows but does not write into the text."""

from typing import Any

from docx.oxml.ns import qn

from kbo_core.domain.thai_text import thai_digits

_THAI_LETTERS = "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"


class Numbering:
    """Counts a document's lists paragraph by paragraph, in document order."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):  # a document without lists
            return
        abstract = {a.get(qn("w:abstractNumId")): _levels(a) for a in root.iter(qn("w:abstractNum"))}
        for number in root.iter(qn("w:num")):
            link = number.find(qn("w:abstractNumId"))
            if link is not None:
                self._levels[number.get(qn("w:numId"))] = abstract.get(link.get(qn("w:val")), {})

    def label(self, paragraph: Any) -> str:
        """The number in front of the paragraph with a blank behind it; empty where there is none."""
        place = self._place(paragraph)
        if place is None or place[1] not in self._levels.get(place[0], {}):
            return ""
        number_id, level = place
        levels = self._levels[number_id]
        counts = self._counts.setdefault(number_id, {})
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [inner for inner in counts if inner > level]:
            del counts[deeper]
        text = levels[level][1]
        if levels[level][0] == "bullet":
            return "- "
        for inner in range(level + 1):
            kind, _, start = levels.get(inner, ("decimal", "", 1))
            text = text.replace(f"%{inner + 1}", _written(kind, counts.get(inner, start)))
        return f"{text} " if text.strip() else ""

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return None
        found = properties.find(qn("w:numPr"))
        style = properties.find(qn("w:pStyle"))
        if found is None and style is not None:
            named = self._styles.get(style.get(qn("w:val")))
            found = named.find(f"{qn('w:pPr')}/{qn('w:numPr')}") if named is not None else None
        if found is None:
            return None
        number, level = found.find(qn("w:numId")), found.find(qn("w:ilvl"))
        depth = level.get(qn("w:val"), "0") if level is not None else "0"
        return (number.get(qn("w:val")), int(depth) if depth.isdigit() else 0) if number is not None else None


def _levels(abstract: Any) -> dict[int, tuple[str, str, int]]:
    """Format, text and first number of each level."""
    found = {}
    for level in abstract.iter(qn("w:lvl")):
        depth, start = level.get(qn("w:ilvl"), "0"), _value(level, "w:start", "1")
        if depth.isdigit() and start.isdigit():
            found[int(depth)] = (_value(level, "w:numFmt", "decimal"), _value(level, "w:lvlText", ""), int(start))
    return found


def _value(parent: Any, tag: str, otherwise: str) -> str:
    found = parent.find(qn(tag))
    return str(found.get(qn("w:val"), otherwise)) if found is not None else otherwise


def _written(kind: str, number: int) -> str:
    if kind in ("thaiNumbers", "thaiCounting"):
        return thai_digits(number)
    if kind == "thaiLetters" and 0 < number <= len(_THAI_LETTERS):
        return _THAI_LETTERS[number - 1]
    return str(number)
