"""The cycle definition: what the circular fixes and what an operator has settled.

The keys are those of the YAML file; an unknown key is refused by name.
"""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from kbo_core.domain.approvals import ApprovalStep
from kbo_core.domain.areas import District, Province, districts, provinces
from kbo_core.domain.deadlines import Limits
from kbo_core.domain.findings import RefusedError, block
from kbo_core.domain.parts import Part
from kbo_core.domain.reminder_plan import ReminderPlan
from kbo_core.domain.thai_dates import BE_OFFSET, bangkok_instant
from kbo_core.domain.working_days import NATIONAL, Calendar


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Code = Annotated[str, BeforeValidator(_text)]


def _gregorian(day: date) -> date:
    if not 1900 < day.year < 2400:
        raise ValueError(
            f"วันที่ในแฟ้มนี้เขียนเป็น ค.ศ. เช่น {day.year - BE_OFFSET}-{day:%m-%d} ไม่ใช่ {day} // "
            "dates are written in the Common Era"
        )
    return day


Day = Annotated[date, AfterValidator(_gregorian)]
YearBE = Annotated[int, Field(ge=2500, le=2700)]
Named = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Attachment(Part):
    """An attachment that the letter names, and whether it was really enclosed."""

    no: int
    title: Named
    enclosed: bool


class Circular(Part):
    """The letter that starts the cycle."""

    number: Named
    issued_on: Day
    subject: str | None = None
    attachments: tuple[Attachment, ...] = ()


class Allocation(Part):
    """What is printed over and under the allocation register."""

    year_be: YearBE | None = None
    total: int | None = None


class Deadline(Part):
    """The on-time limit in Bangkok; ``printed`` keeps the letter's own day where another was confirmed.

    Lateness is excused until ``grace_until``; after ``lock_on`` nothing is taken any more. Both end at the same time of
    day. Without them there is no grace, and answers are taken until the report is issued.
    """

    on: Day
    at: time = time(16, 30)
    if_nonworking: Literal["keep", "previous", "next"] = "keep"
    printed: Day | None = None
    grace_until: Day | None = None
    lock_on: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Deadline":
        days = [day for day in (self.on, self.grace_until, self.lock_on) if day is not None]
        if days != sorted(days):
            raise ValueError(
                "deadline ต้องเรียงตามลำดับวัน: on, grace_until, lock_on // deadline: on, grace_until, lock_on in order"
            )
        return self

    def limits(self, calendar: Calendar) -> Limits:
        """The three instants, UTC, after the office's rule for days off."""

        def instant(day: date) -> datetime:
            return bangkok_instant(calendar.moved(day, self.if_nonworking), self.at)

        return Limits(
            instant(self.on),
            instant(self.grace_until) if self.grace_until else None,
            instant(self.lock_on) if self.lock_on else None,
        )


class Fallback(Part):
    """The fallback tier (clauses 3 and 4)."""

    scope: Literal["province", "district", "off"] = "province"
    source: Literal["classified_d", "project_participants"] = "classified_d"
    quadrant_year_be: YearBE | None = None
    exclude_project_year_be: YearBE | None = None
    clause_2_binds: bool = True

    @model_validator(mode="after")
    def _years_when_open(self) -> "Fallback":
        if self.scope != "off" and (self.quadrant_year_be is None or self.exclude_project_year_be is None):
            raise ValueError(
                "ต้องระบุ quadrant_year_be และ exclude_project_year_be เว้นแต่ scope: off // "
                "quadrant_year_be and exclude_project_year_be are needed unless scope is off"
            )
        return self


class Rules(Part):
    """The guideline's parameters. Rating and quadrant years are given, never derived."""

    star_year_be: YearBE
    stars: tuple[Annotated[int, Field(ge=1, le=5)], Annotated[int, Field(ge=1, le=5)]]
    star_scope: Literal["any", "all", "best"] = "any"
    kbo_exclusion_years_be: tuple[YearBE, ...]
    clause_4_binds_tier_1: bool = False
    fallback: Fallback

    @model_validator(mode="after")
    def _range_in_order(self) -> "Rules":
        if self.stars[0] > self.stars[1]:
            raise ValueError("ช่วงดาว stars ต้องเรียงจากน้อยไปมาก // stars: the lower end comes first")
        if self.clause_4_binds_tier_1 and self.fallback.exclude_project_year_be is None:
            raise ValueError(
                "clause_4_binds_tier_1 ต้องมี fallback.exclude_project_year_be // "
                "clause_4_binds_tier_1 needs fallback.exclude_project_year_be"
            )
        return self


class Source(Part):
    """A file beside the definition or an http(s) address.

    ``columns`` maps canonical names to headings (or positions, "#1"); ``values`` says of a column that the file does
    not have what stands in every row, such as the year of a list that tells it only in its title.
    """

    path: Named
    sheet: str | None = None
    encoding: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    values: dict[str, Annotated[str, BeforeValidator(_text)]] = Field(default_factory=dict)


class ParticipantSource(Part):
    """One programme's participant list of one fiscal year; an empty list must be affirmed."""

    programme: Literal["KBO", "QD"]
    fiscal_year_be: YearBE
    path: str | None = None
    empty: Literal["confirmed"] | None = None
    sheet: str | None = None
    encoding: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.programme} {self.fiscal_year_be}"

    @property
    def source(self) -> Source | None:
        """Where to read the list; None when it is affirmed to be empty and there is no file to show it."""
        if self.path is None:
            return None
        return Source(path=self.path, sheet=self.sheet, encoding=self.encoding, columns=self.columns)

    @model_validator(mode="after")
    def _either_file_or_empty(self) -> "ParticipantSource":
        if self.path is None and self.empty is None:
            raise ValueError("ให้ระบุ path หรือยืนยันด้วย empty: confirmed // give path, or empty: confirmed")
        return self


class Sources(Part):
    """Where the registers are. One sheet may carry both producers and products.

    ``producer_types`` is a table that tells types, by id or name, where the register itself does not.
    """

    producers: Source | None = None
    products: Source | None = None
    producer_types: Source | None = None
    participants: tuple[ParticipantSource, ...] = ()

    @model_validator(mode="after")
    def _at_least_one(self) -> "Sources":
        if self.producers is None and self.products is None:
            raise ValueError("ต้องระบุ producers หรือ products // producers or products is needed")
        return self


class Settled(Part):
    """A named person's answer to a finding; ``where`` and ``answer`` when the finding asks about one place."""

    finding: Named
    by: Named
    on: Day
    reason: Named
    where: str | None = None
    answer: Literal["same", "different"] | None = None


class Approvals(Part):
    """Who must sign, in this order, before packets go out and under the report. Whoever is not named is skipped.

    The letter that starts a cycle has been signed already, so its packets wait for nobody unless the office says so.
    """

    dispatch: tuple[ApprovalStep, ...] = ()
    report: tuple[ApprovalStep, ...] = tuple(ApprovalStep)

    @model_validator(mode="after")
    def _in_the_letters_order(self) -> "Approvals":
        order = list(ApprovalStep)
        for steps in (self.dispatch, self.report):
            if list(steps) != sorted(set(steps), key=order.index):
                raise ValueError(
                    "approvals ต้องเรียงตามลำดับการลงนาม (owner, group_head, provincial_developer, deputy_governor) "
                    "และไม่ซ้ำกัน // approvals: in the order of signing, none twice"
                )
        return self


def _quota_codes(value: object) -> object:
    return {_text(k): v for k, v in value.items()} if isinstance(value, dict) else value


class CycleDefinition(Part):
    """One year's round in one province. The order of ``quota`` is the circular's and is kept."""

    cycle: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    programme: Literal["KBO"] = "KBO"
    programme_year_be: YearBE
    province_code: Code
    circular: Circular
    allocation: Allocation = Allocation()
    deadline: Deadline
    rules: Rules
    quota: Annotated[dict[str, Annotated[int, Field(ge=0, strict=True)]], BeforeValidator(_quota_codes)]
    sources: Sources
    review: Literal["automatic", "by_hand"] = "automatic"
    reminders: ReminderPlan = ReminderPlan()
    approvals: Approvals = Approvals()
    settled: tuple[Settled, ...] = ()

    @model_validator(mode="after")
    def _known_province(self) -> "CycleDefinition":
        if self.province_code not in provinces():
            raise ValueError(f"ไม่มีจังหวัดรหัส {self.province_code} // {self.province_code} is not an official province")
        if not self.quota:
            raise ValueError("ตารางจัดสรรไม่มีอำเภอเลย // quota names no district")
        return self

    @property
    def province(self) -> Province:
        return provinces()[self.province_code]

    @property
    def districts(self) -> tuple[District, ...]:
        """The districts of the quota table that are official ones of the province, in the circular's order."""
        known = districts()
        return tuple(known[c] for c in self.quota if c in known and known[c].province_code == self.province_code)

    def limits(self, calendar: Calendar = NATIONAL) -> Limits:
        """Until when an answer is on time, excused and taken at all."""
        return self.deadline.limits(calendar)

    def is_settled(self, code: str) -> bool:
        return any(s.finding == code for s in self.settled)

    def needed_lists(self) -> tuple[tuple[str, int], ...]:
        """The participant lists that the rules ask for: (programme, fiscal year)."""
        needed = [("KBO", year) for year in self.rules.kbo_exclusion_years_be]
        fallback = self.rules.fallback
        if fallback.exclude_project_year_be and (fallback.scope != "off" or self.rules.clause_4_binds_tier_1):
            needed.append(("QD", fallback.exclude_project_year_be))
        if fallback.scope != "off" and fallback.source == "project_participants" and fallback.quadrant_year_be:
            needed.append(("QD", fallback.quadrant_year_be))
        return tuple(dict.fromkeys(needed))


def definition_schema() -> dict[str, Any]:
    """The JSON schema of the definition file, for editors that complete and check it."""
    return CycleDefinition.model_json_schema()


_KNOWN_FAULTS = {
    "extra_forbidden": ("definition-unknown-key", "ไม่รู้จักคำนี้ในแฟ้มกำหนดรอบ ตรวจตัวสะกดหรือลบออก", "unknown key"),
    "missing": ("definition-missing-key", "ยังไม่ได้ระบุค่านี้ ต้องเติมให้ครบ", "missing key"),
}


def parse_definition(data: object, where: str) -> CycleDefinition:
    """The definition in a parsed YAML document.

    Raises RefusedError naming every unknown key, missing key and wrong value, with its place.
    """
    if not isinstance(data, dict):
        raise RefusedError(
            block(
                "definition-unreadable",
                where,
                "แฟ้มนี้ไม่ใช่แฟ้มกำหนดรอบ (YAML) ที่มีหัวข้อ cycle, circular, deadline, rules, quota, sources",
                "not a cycle definition: a mapping of keys was expected",
            )
        )
    try:
        return CycleDefinition.model_validate(data)
    except ValidationError as error:
        raise RefusedError(*[_fault(where, fault) for fault in error.errors()]) from None


def _fault(where: str, fault: Any) -> Any:
    place = ".".join(str(part) for part in fault["loc"])
    where = f"{where}: {place}" if place else where
    if known := _KNOWN_FAULTS.get(fault["type"]):
        code, thai, english = known
        return block(code, where, thai, f"{english}: {place}")
    # Our own rules speak Thai before the slashes and English behind them; the others are the library's.
    thai, _, english = fault["msg"].removeprefix("Value error, ").rpartition(" // ")
    shown = _shown(fault["input"])
    return block(
        "definition-bad-value",
        where,
        thai or f"ค่านี้ใช้ไม่ได้ ตรวจรูปแบบและตัวสะกด{shown}",
        f"{english}: {place}{shown}",
    )


def _shown(value: object) -> str:
    return f" ({value})" if isinstance(value, str | int | float) and len(str(value)) <= 60 else ""
