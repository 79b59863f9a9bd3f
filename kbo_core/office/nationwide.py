"""The nation on one page: every open cycle with its districts' answers."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime

from kbo_core.domain.areas import provinces
from kbo_core.domain.assignments import State
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office.office import Office
from kbo_core.store.reading import assignments, cycle_ids, get_cycle, messages


@dataclass(frozen=True)
class ProvinceLine:
    """One cycle's line: ``asked`` districts with places, of them ``answered``, ``overdue`` and ``locked``; ``lost``
    counts messages that were given up."""

    cycle_id: str
    province_code: str
    province_th: str
    state: str
    due_at: datetime
    asked: int
    answered: int
    overdue: int
    locked: int
    lost: int

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "due_at": self.due_at.isoformat()}

    def as_row(self) -> dict[str, str | int]:
        """The line as a table for people shows it."""
        return {
            "รอบ": self.cycle_id,
            "จังหวัด": self.province_th,
            "สถานะ": "เปิดอยู่" if self.state == "open" else "รวมเล่มแล้ว",
            "กำหนดส่ง": short_instant(self.due_at),
            "รายงานแล้ว": f"{self.answered}/{self.asked}",
            "เกินกำหนด": self.overdue,
            "ปิดรับ": self.locked,
            "ส่งไม่ถึง": self.lost,
        }


def nationwide(office: Office, at: datetime) -> list[ProvinceLine]:
    """Every cycle, by province and name."""
    lines = []
    with office.database.read() as connection:
        for cycle_id in cycle_ids(connection):
            cycle = get_cycle(connection, cycle_id)
            asked = [a for a in assignments(connection, cycle_id) if a.state is not State.NOT_ASKED]
            sent = Counter(message.state for message in messages(connection, cycle_id))
            lines.append(
                ProvinceLine(
                    cycle_id,
                    cycle.province_code,
                    provinces()[cycle.province_code].name_th,
                    cycle.state,
                    cycle.due_at,
                    asked=len(asked),
                    answered=sum(not a.state.owes for a in asked),
                    overdue=sum(a.state.owes and at > a.due_at for a in asked),
                    locked=sum(a.is_locked(at) for a in asked),
                    lost=sent["undeliverable"],
                )
            )
    return sorted(lines, key=lambda line: (line.province_code, line.cycle_id))
