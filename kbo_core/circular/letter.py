"""A letter's exact text, and what is read from it: never a value without its quotation."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

T = TypeVar("T")
_LINE_FEED = re.compile(r"\r*\n")
_CARRIAGE_RETURN = re.compile(r"\r")


@dataclass(frozen=True, order=True)
class Quote:
    """A piece of the source: ``source[start:end] == text``; ``line`` counts from 1."""

    start: int
    end: int
    line: int
    text: str

    @property
    def shown(self) -> str:
        """The quotation on one line, for messages and comments."""
        return " ".join(self.text.replace("|", " ").split())

    def as_row(self) -> dict[str, str | int]:
        return {"line": self.line, "text": self.text, "start": self.start, "end": self.end}


@dataclass(frozen=True)
class Printed(Generic[T]):
    """A value as the letter prints it."""

    value: T
    quote: Quote


@dataclass(frozen=True)
class Letter:
    """A letter as text, its line ends as they are in the file. Of a DOCX or PDF this is the text that was extracted."""

    source: str
    name: str = field(default="", compare=False)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(self._line_end.split(self.source))

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset at which each line begins."""
        return (0, *(match.end() for match in self._line_end.finditer(self.source)))

    @cached_property
    def _line_end(self) -> re.Pattern[str]:
        """A carriage return ends a line only where nothing else does; in other files it is a blank."""
        return _LINE_FEED if "\n" in self.source else _CARRIAGE_RETURN

    def line_of(self, offset: int) -> int:
        """The line of an offset, counted from 1."""
        return bisect_right(self.line_starts, offset)

    def quote(self, start: int, end: int) -> Quote:
        """The source between two offsets, without blanks at its ends."""
        text = self.source[start:end]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        return Quote(start, start + len(text), self.line_of(start), text)
