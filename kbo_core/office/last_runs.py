"""How the last run of each kind ended: one small file a kind in the home, which needs no orchestrator to be read."""

import json
import os
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_FLOWS_TH = {
    "open-cycle": "เปิดรอบ",
    "follow-cycle": "ติดตามรอบ",
    "close-cycle": "รวมเล่ม",
    "daily-turn": "งานทุกชั่วโมง",
    "yearly-opening": "ตรวจหนังสือประจำปี",
    "monthly-purge": "ลบข้อมูลที่พ้นกำหนดเก็บ",
    "national-cycle": "ติดตามทุกจังหวัด",
}
_STATES_TH = {
    "Completed": "เสร็จ",
    "NothingDue": "ไม่มีสิ่งที่ถึงกำหนด",
    "NothingOpen": "ไม่มีรอบที่เปิดอยู่",
    "Reminded": "เตือนแล้ว",
    "Collected": "รับแบบรายงานแล้ว",
    "PartlySent": "ส่งข้อความได้บางส่วน",
    "AwaitingSubmissions": "ส่งเอกสารแล้ว รอรายชื่อ",
    "AwaitingApproval": "รอลงนาม",
    "PartlyDispatched": "ส่งเอกสารได้บางส่วน",
    "Blocked": "มีข้อที่ต้องแก้ก่อน",
    "Issued": "ออกรายงานรวมแล้ว",
    "AlreadyIssued": "ออกรายงานรวมไว้แล้ว",
    "StillOpen": "ยังรออยู่",
    "Opened": "เปิดรอบแล้ว",
    "AlreadyOpen": "เปิดรอบไว้แล้ว",
    "NoCircular": "ยังไม่มีหนังสือของปีนี้",
    "Followed": "ติดตามแล้ว",
    "PartlyFollowed": "ติดตามได้บางจังหวัด",
    "Purged": "ลบแล้ว",
    "Failed": "ล้มเหลว",
}


@dataclass(frozen=True)
class LastRun:
    """How a run ended, when, and how long it took."""

    flow: str
    state: str
    has_failed: bool
    ended_at: datetime
    seconds: float

    @property
    def flow_th(self) -> str:
        return _FLOWS_TH.get(self.flow, self.flow)

    @property
    def state_th(self) -> str:
        return _STATES_TH.get(self.state, self.state)


def keep_run(home: Path, run: LastRun) -> None:
    """Remember how a run ended, instead of the one of its kind before. Of several at once the last one stays."""
    folder = home / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f".{run.flow}.{os.getpid()}.{threading.get_ident()}"
    written.write_text(json.dumps({**vars(run), "ended_at": run.ended_at.isoformat()}), encoding="utf-8")
    written.replace(folder / f"{run.flow}.json")


def last_runs(home: Path) -> list[LastRun]:
    """The last run of each kind, by name; what cannot be read is left out."""
    found = []
    for file in sorted((home / "runs").glob("*.json")):
        try:
            told = json.loads(file.read_text("utf-8"))
            found.append(LastRun(**{**told, "ended_at": datetime.fromisoformat(told["ended_at"])}))
        except (OSError, ValueError, TypeError, KeyError):
            continue
    return found
