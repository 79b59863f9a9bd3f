"""What the program is made of besides its own code: from where it comes, under which licence. Whether something of it
is known to be vulnerable is not seen here; ``make audit`` asks for that."""

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# Licences under which the program may ship what it uses unchanged, as a library.
_ALLOWED = {
    *("0BSD", "Apache-2.0", "Apache Software License", "BSD-2-Clause", "BSD-3-Clause", "BSD License", "CC0-1.0"),
    *("CNRI-Python", "ISC", "ISC License (ISCL)", "MIT", "MIT License", "MIT-0", "PSF-2.0", "Zlib"),
    *("Python Software Foundation License", "The Unlicense (Unlicense)", "Apache License 2.0"),
    *("MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "LGPL-2.1-only", "LGPL-3.0-only"),
}
# Of several licences, the one that is taken.
_CHOSEN = {"text-unidecode": "Artistic License"}
_ALSO = {"Artistic License", "dependency licenses"}  # pypdfium2: those of PDFium's own parts, all permissive


@pytest.fixture(scope="module")
def locked() -> dict[str, dict[str, Any]]:
    """The packages of the lock, by name."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    return {package["name"]: package for package in lock["package"]}


def test_everything_comes_from_a_registry_by_its_hash(locked: dict[str, dict[str, Any]]) -> None:
    """No repository, no path, no address of its own; every file that may be installed is named by its sha256."""
    for name, package in locked.items():
        if name == "kbo-cycle":
            assert package["source"] == {"editable": "."}
            continue
        assert set(package["source"]) == {"registry"}, name
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        assert files, name
        for file in files:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]), name
            assert file["url"].startswith("https://"), name


def test_what_ships_has_a_licence_that_allows_it(locked: dict[str, dict[str, Any]]) -> None:
    """Each package that the program needs, as far as this machine installs it."""
    shipped = sorted(_needed(locked, "kbo-cycle"))
    assert len(shipped) > 100
    for name in shipped:
        try:
            told = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # another system's, or another Python's
        licences = {_CHOSEN[name]} if name in _CHOSEN else _licences(told)
        assert licences, f"{name} names no licence"
        assert licences <= _ALLOWED | _ALSO, f"{name}: {', '.join(sorted(licences - _ALLOWED))}"


def _licences(told: Any) -> set[str]:
    expression = told.get("License-Expression") or ""
    classified = [line for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    words = [expression] if expression else [line.rpartition("::")[2] for line in classified]
    words = words or (told.get("License") or "").splitlines()[:1]
    return {part.strip(" ()") if "(" not in part[1:] else part.strip() for word in words for part in _parts(word)}


def _parts(word: str) -> list[str]:
    return [part for part in re.split(r" AND | OR |, ", word) if part.strip()]


def _needed(locked: dict[str, dict[str, Any]], name: str) -> set[str]:
    """What a package needs, and what that needs."""
    found: set[tuple[str, tuple[str, ...]]] = set()
    waiting: list[tuple[str, tuple[str, ...]]] = [(name, ())]
    while waiting:
        for each in _needs(locked, *waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return {each for each, _ in found}


def _needs(
    locked: dict[str, dict[str, Any]], name: str, extras: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    package = locked[name]
    more = package.get("optional-dependencies", {})
    for needed in [*package.get("dependencies", ()), *(each for extra in extras for each in more.get(extra, ()))]:
        yield needed["name"], tuple(needed.get("extra", ()))
