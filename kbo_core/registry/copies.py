"""Copies of what was downloaded: the bytes by their sha256, and for each address what the website said of them."""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kbo_core.domain.findings import refused
from kbo_core.registry.endings import ending_of


@dataclass(frozen=True)
class Copy:
    """What an address gave at an instant, and the file that holds it."""

    content: bytes
    place: Path
    had_at: datetime
    etag: str | None
    last_modified: str | None

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the bytes only if they are other ones by now."""
        asked = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in asked.items() if value and value.isascii() and value.isprintable()}


@dataclass(frozen=True)
class Copies:
    """The copies in one folder. Several processes may use it at the same time."""

    folder: Path

    def find(self, address: str) -> Copy | None:
        """The copy of an address; None when there is none, or when its bytes are no longer those that were kept."""
        try:
            note = json.loads(self._note(address).read_text("utf-8"))
            place = self.folder / "content" / note["file"]
            content = place.read_bytes()
            had_at = datetime.fromisoformat(note["had_at"])
            is_whole = hashlib.sha256(content).hexdigest() == note["sha256"]
            return Copy(content, place, had_at, note["etag"], note["last_modified"]) if is_whole else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, address: str, shown: str, content: bytes, at: datetime, headers: Mapping[str, str]) -> None:
        """Put the bytes of an address in the place of those before. Raises RefusedError when the folder is unusable."""
        digest = hashlib.sha256(content).hexdigest()
        name = f"{digest}{ending_of(address, content)}"  # a path that an officer can give instead of the address
        note = {
            "address": shown,
            "file": name,
            "sha256": digest,
            "had_at": at.isoformat(),
            "etag": headers.get("etag"),
            "last_modified": headers.get("last-modified"),
        }
        try:
            # The bytes first: a note never speaks of a file that is not there.
            _write(self.folder / "content" / name, content)
            _write(self._note(address), json.dumps(note, ensure_ascii=False, indent=2).encode())
        except OSError as error:
            raise refused(
                "cache-unusable",
                str(self.folder),
                f"เก็บสำเนาแฟ้มที่ดาวน์โหลดไว้ในโฟลเดอร์นี้ไม่ได้ ({error.strerror}) ตรวจพื้นที่ว่างและสิทธิ์เขียนของโฟลเดอร์",
                f"copies of downloads cannot be kept here: {error.strerror}",
            ) from None

    def _note(self, address: str) -> Path:
        return self.folder / "addresses" / f"{hashlib.sha256(address.encode()).hexdigest()}.json"


def _write(place: Path, content: bytes) -> None:
    """The whole file or nothing of it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(place)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
