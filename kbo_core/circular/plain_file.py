"""Plain text in the encodings that Thai offices use."""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def decoded(data: bytes) -> str | None:
    """The text of the bytes, line ends as they are; None when they are no text in a known encoding.

    cp874 has a meaning for almost every byte, so it is believed only where most of it is Thai.
    """
    for encoding in [next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8"), "cp874"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text) or (encoding == "cp874" and not _is_mostly_thai(text)):
            continue
        return text
    return None


def _is_mostly_thai(text: str) -> bool:
    letters = [char for char in text if not char.isspace()]
    return bool(letters) and sum("\u0e00" <= char <= "\u0e5b" for char in letters) * 2 > len(letters)
