"""What papers are made with: the programme, its libraries, its fonts. Another release may write other bytes."""

import hashlib
import platform
import zlib
from importlib import metadata
from importlib.resources import files

_MAKERS = ("kbo-cycle", "typst", "xlsxwriter", "docxtpl", "python-docx", "pandas")


def makers() -> dict[str, str]:
    """The version of each by name."""
    return {
        **{name: metadata.version(name) for name in _MAKERS},
        "python": platform.python_version(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def fonts() -> dict[str, str]:
    """The sha256 of each font file by name."""
    folder = files("kbo_core.documents") / "fonts"
    return {
        font.name: hashlib.sha256(font.read_bytes()).hexdigest()
        for font in sorted(folder.iterdir(), key=lambda font: font.name)
        if font.name.endswith(".ttf")
    }
