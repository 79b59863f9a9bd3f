"""How a run ended: for the portal's figures, and as a line for whoever collects logs. Keys, states and counts; nothing
personal."""

import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.runtime import flow_run

from kbo_core.office.last_runs import LastRun, keep_run
from tasks.surroundings import instant, office

_COUNTED_TH = {
    "accepted": "รับแล้ว",
    "refused": "ตีกลับ",
    "reminded": "เตือน",
    "locked": "ปิดรับ",
    "sent": "ส่งออก",
    "failed": "ส่งไม่สำเร็จ",
}

COUNTED = tuple(_COUNTED_TH)


def counted(done: Mapping[str, int]) -> str:
    """What a turn did, in words: ``เตือน 3 · ส่งออก 3``; empty when it did nothing."""
    return " · ".join(f"{words} {done[key]}" for key, words in _COUNTED_TH.items() if done.get(key))


def read_counts(line: str) -> Counter[str]:
    """The counts of a line that ``counted`` wrote, whatever else stands in it."""
    said = dict(part.rpartition(" ")[::2] for part in line.split(" · "))
    return Counter({key: int(said[words]) for key, words in _COUNTED_TH.items() if said.get(words, "").isdecimal()})


def told(state: State[Any], about: str, now: str | None) -> State[Any]:
    """The state that a run ends in, remembered, and said on stderr as one JSON object where ``KBO_LOG`` asks for it."""
    keep_run(office().home, LastRun(flow_run.flow_name, state.name or "", state.is_failed(), instant(now), _seconds()))
    if os.environ.get("KBO_LOG") == "json":
        line = {
            "at": instant(now).isoformat(),
            "flow": flow_run.flow_name,
            "run": str(flow_run.id),
            "about": about,
            "state": state.name,
            "type": state.type.value,
            "message": state.message,
        }
        print(json.dumps(line, ensure_ascii=False), file=sys.stderr, flush=True)  # noqa: T201 - the log is what is asked for
    return state


def _seconds() -> float:
    """How long the run has been at work."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    return round(run.estimated_run_time.total_seconds(), 3) if run else 0.0
