"""What a later version of the report says otherwise than the one before, and for what reason it was made."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

from kbo_core.documents.papers import Report
from kbo_core.domain.areas import districts
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import events
from kbo_core.store.reading import Cycle, IssuedReport


def changed_since(connection: Connection, cycle: Cycle, issued: Sequence[IssuedReport], report: Report) -> Report:
    """The report with name by name what came in and what went out since the last one issued, and why it was made."""
    if not issued:
        return report
    was = _names(connection, issued[-1])
    now = {(name.district_code, name.producer_id): name.producer_name for name in report.names}
    lines = [f"เพิ่ม {_shown(key, name)}" for key, name in now.items() if key not in was]
    lines += [f"ตัดออก {_shown(key, name)}" for key, name in was.items() if key not in now]
    if was.keys() == now.keys():
        lines.append("รายชื่อกลุ่มเป้าหมายคงเดิม เปลี่ยนเฉพาะข้อมูลประกอบ")
    return replace(report, changes=tuple(lines), reopened=tuple(_reasons(connection, cycle, issued[-1])))


def names_file(files: Sequence[str]) -> str:
    """Which of a report's files lists its names."""
    return next(name for name in files if name.startswith("report-") and name.endswith(".csv"))


def _names(connection: Connection, issued: IssuedReport) -> dict[tuple[str, str], str]:
    """The names of a report as it was issued, from its own CSV."""
    digest = issued.files[names_file(list(issued.files))]
    rows = csv.DictReader(io.StringIO(load_blob(connection, digest).decode("utf-8-sig"), newline=""))
    return {(row["district_code"], row["producer_id"]): row["producer_name"] for row in rows}


def _reasons(connection: Connection, cycle: Cycle, before: IssuedReport) -> list[str]:
    """Why the cycle was opened again after a report."""
    log = events(connection, cycle.cycle_id)
    issued = max(e.seq for e in log if e.kind == "report-issued" and e.payload["version"] == before.version)
    return [f"{e.reason} ({e.by})" for e in log if e.kind == "cycle-reopened" and e.seq > issued]


def _shown(key: tuple[str, str], name: str) -> str:
    district_code, producer_id = key
    return f"{districts()[district_code].title_th}: {producer_id} {name}"
