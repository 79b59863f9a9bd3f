"""Zip archives whose bytes come from their contents alone."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

from kbo_core.domain.thai_dates import BANGKOK


def archive(files: Mapping[str, bytes], made_at: datetime) -> bytes:
    """The files in order of their names, each dated by ``made_at``; the same files give the same bytes."""
    target = io.BytesIO()
    stamp = made_at.astimezone(BANGKOK).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # wherever it is made
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, files[name])
    return target.getvalue()
