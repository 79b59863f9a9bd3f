"""A cycle from its opening to its report: registers, decisions, lists, signatures."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from kbo_core.domain.assignments import State, first_state
from kbo_core.store import schema
from kbo_core.store.database import load_blob
from kbo_core.store.folds.rows import Fold, Payload, limits_of, text_of


def _opened(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    limits = limits_of(payload)
    connection.execute(
        schema.cycle.insert().values(
            cycle_id=cycle_id,
            province_code=payload["province_code"],
            definition_sha256=payload["definition"],
            inputs=text_of(payload["inputs"]),
            opened_at=at,
            **limits,
            state="open",
            revision=0,
            outputs="{}",
            snapshot=payload.get("snapshot"),
        )
    )
    rows = _csv(load_blob(connection, payload["register"]))
    if rows:
        connection.execute(
            schema.producer.insert(), [{**row, "cycle_id": cycle_id, "row": int(row["row"])} for row in rows]
        )
    connection.execute(
        schema.assignment.insert(),
        [
            {
                "cycle_id": cycle_id,
                "district_code": code,
                "place": place,
                "quota": quota,
                "state": first_state(quota),
                **limits,
                "packet_revision": 0,
                "candidates": "[]",
                "version": 0,
                "is_late": False,
                "shortfall_reason": "",
            }
            for place, (code, quota) in enumerate(payload["quota"], start=1)
        ],
    )


def _decided(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    revision = payload["revision"]
    connection.execute(
        update(schema.cycle)
        .where(schema.cycle.c.cycle_id == cycle_id)
        .values(revision=revision, decided_at=at, outputs=text_of(payload["outputs"]))
    )
    if "snapshot" in payload:
        connection.execute(
            update(schema.cycle).where(schema.cycle.c.cycle_id == cycle_id).values(snapshot=payload["snapshot"])
        )
    columns = {column.name for column in schema.decision.columns}
    rows = _csv(load_blob(connection, payload["decisions"]))
    if rows:
        connection.execute(
            schema.decision.insert(),
            [
                {**{k: v for k, v in row.items() if k in columns}, "cycle_id": cycle_id, "revision": revision}
                for row in rows
            ],
        )
    _tier(connection, cycle_id, {row["producer_id"]: row["tier"] for row in rows})
    _link(connection, cycle_id, payload.get("linked", []))


def _tier(connection: Connection, cycle_id: str, tiers: Mapping[str, str]) -> None:
    """The picks by the tier that they are eligible under now."""
    pick = schema.pick
    for row in connection.execute(select(pick.c.producer_id, pick.c.tier).where(pick.c.cycle_id == cycle_id)).all():
        # Who is picked by way of exception has no tier of its own.
        if (tier := tiers.get(row.producer_id)) and int(tier) != row.tier:
            mine = (pick.c.cycle_id == cycle_id) & (pick.c.producer_id == row.producer_id)
            connection.execute(update(pick).where(mine).values(tier=int(tier)))


def _link(connection: Connection, cycle_id: str, linked: Iterable[list[str]]) -> None:
    """Which producers are one under several ids, from now on; for those already picked too."""
    table, pick = schema.linked_identity, schema.pick
    connection.execute(delete(table).where(table.c.cycle_id == cycle_id))
    connection.execute(update(pick).where(pick.c.cycle_id == cycle_id).values(identity=pick.c.producer_id))
    for identity, ids in [(ids[0], ids) for ids in linked]:
        connection.execute(
            table.insert(), [{"cycle_id": cycle_id, "producer_id": i, "identity": identity} for i in ids]
        )
        mine = (pick.c.cycle_id == cycle_id) & pick.c.producer_id.in_(ids)
        connection.execute(update(pick).where(mine).values(identity=identity))


def _csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _list_updated(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    """From now on the cycle rests on the new file."""
    table = schema.cycle
    written = connection.execute(select(table.c.inputs).where(table.c.cycle_id == cycle_id)).scalar_one()
    inputs = {label: digest for label, digest in json.loads(written).items() if label != payload["replaces"]}
    inputs[payload["label"]] = payload["sha256"]
    connection.execute(update(table).where(table.c.cycle_id == cycle_id).values(inputs=text_of(inputs)))


def _approval_given(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    facts = {name: payload[name] for name in ("subject", "number", "step", "by", "reason")}
    connection.execute(schema.approval.insert().values(cycle_id=cycle_id, signed_at=at, **facts))


def _report_issued(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    connection.execute(
        schema.report.insert().values(
            cycle_id=cycle_id,
            version=payload["version"],
            made_at=at,
            content_sha256=payload["content_sha256"],
            files=text_of(payload["files"]),
        )
    )
    _close(connection, cycle_id, at)


def _report_confirmed(connection: Connection, cycle_id: str, at: datetime, _payload: Payload) -> None:
    """Nothing came of a reopening: the report that was issued holds."""
    _close(connection, cycle_id, at)


def _close(connection: Connection, cycle_id: str, at: datetime) -> None:
    """The report shuts every district: a reopening opens those that it names, the others stay as they are."""
    connection.execute(update(schema.cycle).where(schema.cycle.c.cycle_id == cycle_id).values(state="closed"))
    table = schema.assignment
    is_open = (table.c.cycle_id == cycle_id, table.c.state != State.NOT_ASKED.value, table.c.locked_at.is_(None))
    connection.execute(update(table).where(*is_open).values(locked_at=at))


def _blobs_redacted(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    rows = [{"cycle_id": cycle_id, "sha256": digest, "redacted_at": at} for digest in payload["blobs"]]
    connection.execute(schema.redaction.insert(), rows)


KINDS: Mapping[str, Fold] = {
    "cycle-opened": _opened,
    "decided": _decided,
    "list-updated": _list_updated,
    "approval-given": _approval_given,
    "report-issued": _report_issued,
    "report-confirmed": _report_confirmed,
    "blobs-redacted": _blobs_redacted,
}
