"""What happens in a rehearsal: acts of districts, of operators and of the surroundings, as a script file tells them."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer, ValidationError, model_validator
from ruamel.yaml.error import YAMLError

from kbo_core.clock import parse_now
from kbo_core.domain.findings import Finding, RefusedError, block, refused
from kbo_core.domain.parts import Part
from kbo_core.domain.thai_dates import BANGKOK
from kbo_core.office.definitions import load_yaml


def _instant(value: object) -> object:
    if isinstance(value, datetime | date):
        value = value.isoformat()
    try:
        return parse_now(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("เวลาเขียนเป็น ค.ศ. เช่น 2025-01-10T10:00 // a time is written like 2025-01-10T10:00") from None


def _bangkok(at: datetime) -> str:
    return at.astimezone(BANGKOK).strftime("%Y-%m-%dT%H:%M:%S")


def _text(value: object) -> object:
    return f"{value:04}" if isinstance(value, int) and not isinstance(value, bool) else value


Instant = Annotated[datetime, BeforeValidator(_instant), PlainSerializer(_bangkok)]
Code = Annotated[str, BeforeValidator(_text)]


class Kind(StrEnum):
    """What an act does."""

    ANSWER = "answer"
    SHORT = "short"
    NIL = "nil"
    OVER_QUOTA = "over_quota"
    OTHER_FORM = "other_form"
    OLD_FORM = "old_form"
    UNREADABLE = "unreadable"
    OFF_LIST = "off_list"
    AGAIN = "again"
    RACE = "race"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    RETURN = "return"
    EXTEND = "extend"
    REOPEN = "reopen"
    REALLOCATE = "reallocate"
    OVERRIDE = "override"
    REVOKE = "revoke"
    SETTLE = "settle"
    LIST = "list"
    SIGN = "sign"
    CLOSE = "close"
    CHANNEL_DEAD = "channel_dead"
    ASLEEP = "asleep"
    DIE = "die"
    TURN = "turn"
    CLOCK_BACK = "clock_back"

    @property
    def th(self) -> str:
        return _THAI[self]


_THAI = {
    Kind.ANSWER: "ส่งรายชื่อ",
    Kind.SHORT: "ส่งรายชื่อไม่ครบ พร้อมเหตุผล",
    Kind.NIL: "รายงานว่าไม่มี",
    Kind.OVER_QUOTA: "เลือกเกินจำนวน",
    Kind.OTHER_FORM: "ใช้แบบของอำเภออื่น",
    Kind.OLD_FORM: "ใช้แบบฉบับก่อน",
    Kind.UNREADABLE: "ส่งแฟ้มที่อ่านไม่ได้",
    Kind.OFF_LIST: "เลือกกลุ่มนอกบัญชี",
    Kind.AGAIN: "ส่งแฟ้มเดิมซ้ำ",
    Kind.RACE: "ส่งสองแฟ้มพร้อมกัน",
    Kind.WITHDRAW: "ถอนรายชื่อ",
    Kind.ACCEPT: "จังหวัดตรวจรับ",
    Kind.RETURN: "จังหวัดส่งกลับ",
    Kind.EXTEND: "ขยายเวลา",
    Kind.REOPEN: "เปิดใหม่",
    Kind.REALLOCATE: "โอนจำนวนจัดสรร",
    Kind.OVERRIDE: "อนุมัติข้อยกเว้น",
    Kind.REVOKE: "ยกเลิกข้อยกเว้น",
    Kind.SETTLE: "ชี้ขาดชื่อที่คล้ายกัน",
    Kind.LIST: "บัญชีผู้เข้าร่วมเปลี่ยน",
    Kind.SIGN: "ลงนาม",
    Kind.CLOSE: "รวมเล่ม",
    Kind.CHANNEL_DEAD: "ช่องทางส่งใช้ไม่ได้",
    Kind.ASLEEP: "เครื่องแม่ข่ายดับ",
    Kind.DIE: "รอบติดตามหยุดกลางคัน",
    Kind.TURN: "รอบติดตามซ้ำ",
    Kind.CLOCK_BACK: "นาฬิกาถอยหลัง",
}

_NONE: frozenset[str] = frozenset()
_FORM = frozenset({"choice", "via"})
# What each act must say, and what it may.
TAKES: Mapping[Kind, tuple[frozenset[str], frozenset[str]]] = {
    Kind.ANSWER: (frozenset({"district"}), _FORM | {"picks"}),
    Kind.SHORT: (frozenset({"district"}), _FORM),
    Kind.NIL: (frozenset({"district"}), _FORM),
    Kind.OVER_QUOTA: (frozenset({"district"}), _FORM),
    Kind.OTHER_FORM: (frozenset({"district"}), _FORM),
    Kind.OLD_FORM: (frozenset({"district"}), _FORM),
    Kind.UNREADABLE: (frozenset({"district"}), _FORM),
    Kind.OFF_LIST: (frozenset({"district"}), _FORM | {"producer"}),
    Kind.AGAIN: (frozenset({"district"}), _FORM),
    Kind.RACE: (frozenset({"district"}), frozenset({"choice"})),
    Kind.WITHDRAW: (frozenset({"district"}), frozenset({"reason"})),
    Kind.ACCEPT: (frozenset({"district"}), frozenset({"reason"})),
    Kind.RETURN: (frozenset({"district"}), frozenset({"reason"})),
    Kind.EXTEND: (frozenset({"until"}), frozenset({"district", "reason"})),
    Kind.REOPEN: (frozenset({"until"}), frozenset({"district", "reason"})),
    Kind.REALLOCATE: (frozenset({"district", "taker"}), frozenset({"places", "ends", "reason"})),
    Kind.OVERRIDE: (frozenset({"district"}), frozenset({"producer", "choice", "reason"})),
    Kind.REVOKE: (frozenset({"district"}), frozenset({"producer", "reason"})),
    Kind.SETTLE: (frozenset({"says"}), frozenset({"where", "reason"})),
    Kind.LIST: (_NONE, frozenset({"listed", "picks", "choice", "reason"})),
    Kind.SIGN: (_NONE, frozenset({"steps", "reason"})),
    Kind.CLOSE: (_NONE, frozenset({"reason"})),
    Kind.CHANNEL_DEAD: (frozenset({"until"}), frozenset({"channel"})),
    Kind.ASLEEP: (frozenset({"until"}), _NONE),
    Kind.DIE: (frozenset({"points"}), _NONE),
    Kind.TURN: (_NONE, _NONE),
    Kind.CLOCK_BACK: (frozenset({"minutes"}), _NONE),
}


class Act(Part):
    """One thing that happens. ``choice`` numbers a drawing among what is possible then: the same number chooses alike.

    ``picks`` and ``producer`` name groups; without them ``choice`` decides. ``points`` is after how many I/O points a
    turn dies; ``steps`` how many signatures are given (all that wait, when it is not said).
    """

    at: Instant
    act: Kind
    district: Code | None = None
    taker: Code | None = None
    places: int = 1
    ends: Literal["approved", "rejected", "open"] = "approved"
    until: Instant | None = None
    choice: int = 0
    picks: tuple[str, ...] = ()
    producer: str | None = None
    via: Literal["inbox", "portal"] = "inbox"
    where: str | None = None
    says: Literal["same", "different"] | None = None
    listed: str | None = None
    channel: Literal["mail", "webhook"] = "mail"
    points: int = 0
    steps: int | None = None
    minutes: int = 0
    reason: str = ""

    @model_validator(mode="after")
    def _says_what_it_takes(self) -> "Act":
        required, optional = TAKES[self.act]
        said = self.model_fields_set - {"at", "act"}
        if odd := sorted(said - required - optional):
            names = ", ".join(odd)
            raise ValueError(f"act: {self.act} ไม่มีคำว่า {names} // act {self.act} takes no {names}")
        if lacking := sorted(required - said):
            names = ", ".join(lacking)
            raise ValueError(f"act: {self.act} ต้องมี {names} // act {self.act} needs {names}")
        return self


class Script(Part):
    """The acts of one rehearsal, and when the cycle is opened."""

    opened_at: Instant | None = None
    acts: tuple[Act, ...]

    def as_yaml(self) -> bytes:
        """The script as a file that ``read_script`` reads again: JSON values, an act a line."""
        opened_at = [f'opened_at: "{_bangkok(self.opened_at)}"'] if self.opened_at else []
        acts = [
            "  - " + json.dumps(act.model_dump(mode="json", exclude_unset=True), ensure_ascii=False)
            for act in self.acts
        ]
        return "\n".join([*opened_at, "acts:" if acts else "acts: []", *acts, ""]).encode()


def read_script(path: Path) -> Script:
    """The script in a YAML file. Raises RefusedError naming every unknown word, wrong value and where it stands."""
    try:
        data: Any = load_yaml(path.read_text("utf-8-sig"))
    except OSError:
        raise refused(
            "script-missing", str(path), f"ไม่พบแฟ้มบท {path} ตรวจที่อยู่และชื่อแฟ้ม", f"no such script: {path}"
        ) from None
    except (UnicodeDecodeError, YAMLError, ValueError):
        raise refused(
            "script-unreadable", path.name, "อ่านแฟ้มบทไม่ได้ ต้องเป็น YAML ในข้อความ UTF-8", "a script is YAML in UTF-8 text"
        ) from None
    if not isinstance(data, dict):
        raise refused("script-unreadable", path.name, "แฟ้มบทต้องมีหัวข้อ acts", "a script is a mapping with the key acts")
    try:
        return Script.model_validate(data)
    except ValidationError as error:
        raise RefusedError(*[_fault(path.name, fault) for fault in error.errors()]) from None


def _fault(name: str, fault: Any) -> Finding:
    place = ".".join(str(part) for part in fault["loc"])
    where = f"{name}: {place}"
    if fault["type"] == "extra_forbidden":
        return block("script-unknown-key", where, "ไม่รู้จักคำนี้ในแฟ้มบท ตรวจตัวสะกดหรือลบออก", f"unknown key: {place}")
    if fault["type"] == "missing":
        return block("script-missing-key", where, "ยังไม่ได้ระบุค่านี้ ต้องเติมให้ครบ", f"missing key: {place}")
    thai, _, english = fault["msg"].removeprefix("Value error, ").rpartition(" // ")
    return block("script-bad-value", where, thai or "ค่านี้ใช้ไม่ได้ ตรวจรูปแบบและตัวสะกด", f"{english}: {place}")
