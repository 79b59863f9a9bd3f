"""What the pages of the documents hold: links, headings, blocks of commands."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_OTHERS = {".venv", ".tools", "demo", "node_modules"}  # what is made here, not written
_FENCE = re.compile(r"^( *)(```+)([^\n`]*)\n(.*?)^\1\2[ ]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block: the words after the fence, and the commands in it, continued lines joined."""

    info: tuple[str, ...]
    text: str

    @property
    def commands(self) -> list[str]:
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]

    @property
    def is_walked(self) -> bool:
        """Are these commands to be run, in order, by whoever follows the page?"""
        return "walk" in self.info

    @property
    def exit_code(self) -> int:
        """With what each of them ends: ``exit=3`` after the fence, else 0."""
        return next((int(word.removeprefix("exit=")) for word in self.info if word.startswith("exit=")), 0)


def pages() -> list[Path]:
    """Every Markdown page of the project."""
    found = (path for path in ROOT.rglob("*.md") if not _OTHERS & set(path.relative_to(ROOT).parts))
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(ROOT).parts))


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(tuple(m[3].split()), m[4]) for m in _FENCE.finditer(page.read_text("utf-8"))]


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def links(page: Path) -> list[str]:
    """Where a page's links and pictures lead."""
    return _LINK.findall(_CODE.sub("", prose(page)))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the forge makes them: letters, marks, digits, a hyphen for a blank."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {"".join(_kept(letter) for letter in head.strip().lower()) for head in heads}


def _kept(letter: str) -> str:
    if letter in "- ":
        return "-"
    kind = unicodedata.category(letter)
    return letter if kind[0] in "LM" or kind in ("Nd", "Pc") else ""


def shown_commands(page: Path) -> Iterator[str]:
    """Every command line of ``kbo`` that a page shows, in blocks and between words."""
    for block in blocks(page):
        yield from (line for line in block.commands if line.startswith("kbo "))
    yield from (code for code in _CODE.findall(prose(page)) if code.startswith("kbo "))
