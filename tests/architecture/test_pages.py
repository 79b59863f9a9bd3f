"""What the documents say is so: links lead somewhere, commands and options exist."""

import re
import shlex
from collections.abc import Sequence
from typing import Any

import pytest
import typer

from deployments.cli import app
from tests.architecture.pages import ROOT, anchors, blocks, links, pages, shown_commands

_GLOBAL = {"--home": True, "--now": True, "--json": False}  # whether a value follows
_NAMES = [str(page.relative_to(ROOT)) for page in pages()]
# What tells of commands as they were, and what is made from the commands themselves.
_OF_THEIR_TIME = ("CHANGELOG.md", "docs/adr/", "docs/commands.md")


@pytest.mark.parametrize("name", _NAMES)
def test_every_link_and_picture_is_there(name: str) -> None:
    """Relative links lead to files of the project, and to headings that they have."""
    page, lost = ROOT / name, []
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        found = (page.parent / target) if target else page
        if not found.resolve().is_relative_to(ROOT) or not found.exists() or (anchor and anchor not in anchors(found)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("name", [n for n in _NAMES if not n.startswith(_OF_THEIR_TIME)])
def test_every_command_that_is_shown_exists_with_its_options(name: str) -> None:
    """Read by the command line's own tree: words, options, whether they take a value, how many arguments."""
    root: Any = typer.main.get_command(app)
    faults = {line: fault for line in shown_commands(ROOT / name) if (fault := _fault(root, _words(line)))}
    assert faults == {}


def test_pictures_are_small() -> None:
    """A page of the documents loads on a slow line."""
    large = [path.name for path in (ROOT / "docs" / "pictures").glob("*.png") if path.stat().st_size > 150_000]
    assert large == []


def test_both_first_pages_show_the_same() -> None:
    """README in English and in Thai: the same pictures, pages and commands, in the same order."""
    first, second = ROOT / "README.md", ROOT / "README.th.md"
    ours = [{link for link in links(page) if not link.startswith("README")} for page in (first, second)]
    assert ours[0] == ours[1]
    shown = [[_named(line) for block in blocks(page) for line in block.commands] for page in (first, second)]
    assert shown[0] == shown[1]


def _named(line: str) -> str:
    """A command line without what a reader fills in."""
    return " ".join(word for word in line.partition("#")[0].split() if re.fullmatch(r"[a-z-]+|[0-9]+", word))


def _words(line: str) -> list[str]:
    """A line's words, without comments and the brackets around what may be left out."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.split()
    return [bare for word in words[1:] if (bare := word.strip("[]"))]


def _fault(command: Any, words: Sequence[str]) -> str:
    """What a command does not know of a line; empty when it would read it."""
    rest = list(words)
    while rest and (hasattr(command, "commands") or rest[0] in _GLOBAL):
        word = rest.pop(0)
        if word in _GLOBAL:
            del rest[: _GLOBAL[word]]
        elif word == "…":
            return ""
        elif word not in command.commands:
            return f"no command {word}"
        else:
            command = command.commands[word]
    options = {name: p for p in command.params for name in (*p.opts, *p.secondary_opts) if name.startswith("-")}
    left = sum(p.nargs if p.nargs > 0 else 99 for p in command.params if p.param_type_name == "argument")
    while rest:
        word = rest.pop(0)
        if word in ("…", "..."):
            continue
        if word.startswith("--") and word in _GLOBAL:
            del rest[: _GLOBAL[word]]
        elif word.startswith("-") and word != "-":
            if word not in options:
                return f"no option {word}"
            if not options[word].is_flag:
                if not rest:
                    return f"{word} needs a value"
                rest.pop(0)
        else:
            left -= 1
    return "too many arguments" if left < 0 else ""
