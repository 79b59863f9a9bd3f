"""Bundles taken apart and packed again, as somebody who meddles with them would."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from kbo_core.office.bundle import ABOUT, LOG, MANIFEST, pack
from kbo_core.store.log import GENESIS, Event

MADE_AT = datetime.fromisoformat("2025-06-14T16:30:00+07:00")


def members_of(bundle: bytes) -> dict[str, bytes]:
    """Every member but the manifest, which follows from the others."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as packed:
        return {name: packed.read(name) for name in packed.namelist() if name != MANIFEST}


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A plain zip of these members, without a seal."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return target.getvalue()


def resealed(members: Mapping[str, bytes]) -> bytes:
    """A bundle of these members that is sound in itself."""
    about = json.loads(members[ABOUT])
    rest = {name: content for name, content in members.items() if name != ABOUT}
    return pack(rest, about, datetime.fromisoformat(about["made_at"]))


def relogged(bundle: bytes, change: Callable[[list[Event]], list[Event]]) -> bytes:
    """The bundle with another log, its chain hashed anew from end to end."""
    members = members_of(bundle)
    log = []
    for line in members[LOG].decode().splitlines():
        told = json.loads(line)
        log.append(Event(**{**told, "at": datetime.fromisoformat(told["at"])}))
    chained: list[Event] = []
    for seq, entry in enumerate(change(log), start=1):
        linked = replace(entry, seq=seq, prev_hash=chained[-1].hash if chained else GENESIS)
        chained.append(replace(linked, hash=linked.expected_hash()))
    lines = (json.dumps(entry.as_json(), ensure_ascii=False, sort_keys=True) + "\n" for entry in chained)
    members[LOG] = "".join(lines).encode()
    members["chain-head.txt"] = f"{chained[-1].seq} {chained[-1].hash}\n".encode()
    about = json.loads(members[ABOUT])
    members[ABOUT] = json.dumps({**about, "log_head": chained[-1].hash}).encode()
    return resealed(members)
