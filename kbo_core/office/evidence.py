"""The evidence bundle: everything from which the report follows, in one zip, each file named by its hash."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime

from kbo_core.documents.page_answer import is_page_answer
from kbo_core.domain.thai_dates import BANGKOK
from kbo_core.office.results import json_bytes, sha256
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import events
from kbo_core.store.reading import Cycle, messages


def evidence_bundle(connection: Connection, cycle: Cycle, papers: Mapping[str, bytes], made_at: datetime) -> bytes:
    """Inputs, definition, decisions, packets, submissions, messages, report and the whole log; the same state gives the
    same bytes. It holds the registers as they came, so it is for the office and its auditors."""
    log = events(connection, cycle.cycle_id)
    files: dict[str, bytes] = {
        "definition.yaml": load_blob(connection, cycle.definition_sha256),
        **{
            f"inputs/{n:02}-{_flat(label)}": load_blob(connection, digest)
            for n, (label, digest) in _numbered(cycle.inputs)
        },
        **{f"decisions/{name}": load_blob(connection, digest) for name, digest in cycle.outputs.items()},
        **{f"report/{name}": content for name, content in papers.items()},
        "log.jsonl": b"".join(
            (json.dumps(entry.as_json(), ensure_ascii=False, sort_keys=True) + "\n").encode() for entry in log
        ),
    }
    for entry in log:
        facts = entry.payload
        if entry.kind == "packet-prepared":
            stem = f"packets/{facts['district']}-{facts['revision']:02}"
            files[f"{stem}.pdf"] = load_blob(connection, facts["letter"])
            files[f"{stem}.xlsx"] = load_blob(connection, facts["form"])
        elif entry.kind in ("submission-accepted", "submission-received"):
            content = load_blob(connection, facts["sha256"])
            ending = "json" if is_page_answer(content) else "xlsx"
            files[f"submissions/{facts['district']}-{facts['version']:02}.{ending}"] = content
    for message in messages(connection, cycle.cycle_id):
        if message.sha256:
            stem = f"messages/{message.district_code}-{message.kind}-{message.step}"
            name = f"{stem}.eml" if message.is_mail else f"{stem}-{message.channel}.json"
            files[name] = load_blob(connection, message.sha256)
    inputs = {f"inputs/{n:02}-{_flat(label)}": label for n, (label, _) in _numbered(cycle.inputs)}
    files["manifest.json"] = json_bytes(
        {
            "cycle": cycle.cycle_id,
            "made_at": made_at.isoformat(),
            "log_head": log[-1].hash,
            "inputs": inputs,
            "files": {name: sha256(content) for name, content in sorted(files.items())},
        }
    )
    return _zipped(files, made_at)


def _numbered(inputs: Mapping[str, str]) -> list[tuple[int, tuple[str, str]]]:
    return list(enumerate(sorted(inputs.items()), start=1))


def _flat(label: str) -> str:
    return label.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or "source"


def _zipped(files: Mapping[str, bytes], made_at: datetime) -> bytes:
    target = io.BytesIO()
    stamp = made_at.astimezone(BANGKOK).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, files[name])
    return target.getvalue()
