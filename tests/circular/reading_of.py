"""The corpus, and the shortest way from a text to its reading."""

from pathlib import Path

from kbo_core.circular.files import open_letter
from kbo_core.circular.letter import Letter
from kbo_core.circular.reading import Reading, read_letter

CORPUS = Path(__file__).parent / "corpus"
LETTERS = sorted(path.name for path in CORPUS.iterdir())


def text_of(name: str) -> str:
    return (CORPUS / name).read_text("utf-8")


def read_text(text: str) -> Reading:
    return read_letter(Letter(text))


def read_file(path: Path) -> Reading:
    return read_letter(open_letter(path))


def codes(reading: Reading) -> set[str]:
    return {finding.code for finding in reading.findings}


def leaves(value: object, key: str = "") -> dict[str, object]:
    """Every value of a definition by its dotted key; attachments by their number."""
    if isinstance(value, dict):
        found: dict[str, object] = {}
        for name, inner in value.items():
            found |= leaves(inner, f"{key}.{name}" if key else name)
        return found
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {f"{key}.{item['no']}": item for item in value}
    return {key: value}
