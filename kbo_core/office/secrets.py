"""The office's own key: links and sessions are signed with it. Whoever has it can make them."""

import os
import secrets
from pathlib import Path

from kbo_core.domain.findings import refused

_SHORTEST = 32


def office_key(home: Path) -> bytes:
    """The key of ``KBO_PORTAL_SECRET``, for offices on several machines, else of ``portal.key`` in the home, made once.

    Raises RefusedError for one that is too short to be a secret.
    """
    told = os.environ.get("KBO_PORTAL_SECRET")
    key = told.encode() if told else _kept(home / "portal.key")
    if len(key) < _SHORTEST:
        raise refused(
            "portal-secret-short",
            "KBO_PORTAL_SECRET" if told else "portal.key",
            f"กุญแจของระบบสั้นเกินไป ต้องยาวอย่างน้อย {_SHORTEST} อักขระและสุ่มขึ้น",
            f"the key is too short: at least {_SHORTEST} random characters",
        )
    return key


def _kept(file: Path) -> bytes:
    try:
        return file.read_bytes().strip()
    except FileNotFoundError:
        made = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32))
        try:
            os.link(made, file)  # of several who make one at the same time, one wins, and nobody sees half of it
        except FileExistsError:
            pass
        finally:
            made.unlink()
        return file.read_bytes().strip()
