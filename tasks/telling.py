"""One line a run for whoever collects logs: ``KBO_LOG=json``. Keys, states and counts; nothing personal."""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from tasks.surroundings import instant

_COUNTED_TH = {
    "accepted": "รับแล้ว",
    "refused": "ตีกลับ",
    "reminded": "เตือน",
    "locked": "ปิดรับ",
    "sent": "ส่งออก",
    "failed": "ส่งไม่สำเร็จ",
}


def counted(done: Mapping[str, int]) -> str:
    """What a turn did, in words: ``เตือน 3 · ส่งออก 3``; empty when it did nothing."""
    return " · ".join(f"{words} {done[key]}" for key, words in _COUNTED_TH.items() if done.get(key))


def told(state: State[Any], about: str, now: str | None) -> State[Any]:
    """The state that a run ends in, said on stderr as one JSON object where ``KBO_LOG`` asks for it."""
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
