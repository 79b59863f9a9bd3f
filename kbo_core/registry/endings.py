"""What kind of table some bytes are: by the name they came under, else by how they begin."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from kbo_core.registry.addresses import is_address

TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_SIGNATURES = ((b"PK\x03\x04", ".xlsx"), (b"\xd0\xcf\x11\xe0", ".xls"))


def ending_of(label: str, content: bytes) -> str:
    """A lower-case suffix; an address often has none of a table, and then the bytes tell."""
    try:
        name = urlsplit(label).path if is_address(label) else label.partition("?")[0]
    except ValueError:
        name = ""
    named = PurePosixPath(name).suffix.lower()
    by_bytes = (ending for sign, ending in _SIGNATURES if content.startswith(sign))
    return named if named in TABLES else next(by_bytes, ".csv")
