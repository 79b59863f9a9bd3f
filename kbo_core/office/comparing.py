"""What if, and what would have been: two rounds compared, and last year's choice under another definition."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kbo_core.circular.difference import Change, ChangedValue, diff_definitions
from kbo_core.domain.comparison import CHANGE_COLUMNS, DISTRICT_COLUMNS, Comparison, compare
from kbo_core.domain.findings import Finding, refused, warn
from kbo_core.office.results import csv_bytes, json_bytes
from kbo_core.office.rounds import Round
from kbo_core.store.reading import Pick

_FEW = 0.5  # of the smaller register; below it, two registers hardly speak of the same producers


@dataclass(frozen=True)
class Retried:
    """A group that was chosen then, and how it stands in the other round; ``verdict`` is empty when it is not there."""

    producer_id: str
    producer_name: str
    district_code: str
    tier_then: int
    verdict: str
    tier: str
    reason_th: str


@dataclass(frozen=True)
class Compared:
    """Two rounds side by side. ``backtest`` is None where no opened cycle is among them."""

    before: Round
    after: Round
    definition: tuple[ChangedValue, ...]
    inputs: tuple[dict[str, str | None], ...]
    comparison: Comparison
    backtest: tuple[Retried, ...] | None
    findings: tuple[Finding, ...]

    @property
    def retried(self) -> dict[str, int]:
        """Of those chosen then, how many stand how now."""
        return dict(sorted(Counter(r.verdict or "absent" for r in self.backtest or ()).items()))

    def as_dict(self) -> dict[str, Any]:
        return {
            "before": self.before.name,
            "after": self.after.name,
            "definition": [row.as_row() for row in self.definition],
            "inputs": list(self.inputs),
            **self.comparison.as_dict(),
            "backtest": None
            if self.backtest is None
            else {"chosen": len(self.backtest), "now": self.retried, "groups": [vars(r) for r in self.backtest]},
        }

    def files(self) -> dict[str, bytes]:
        """``comparison.json``, ``changes.csv``, ``districts.csv``; the same rounds give the same bytes."""
        return {
            "comparison.json": json_bytes(self.as_dict()),
            "changes.csv": csv_bytes(self.comparison.changes, CHANGE_COLUMNS),
            "districts.csv": csv_bytes(self.comparison.districts, DISTRICT_COLUMNS),
        }


def compare_rounds(before: Round, after: Round) -> Compared:
    """What changes from one round to the other. Raises RefusedError when they are of two provinces."""
    old, new = before.screening, after.screening
    if old.file.definition.province_code != new.file.definition.province_code:
        raise refused(
            "provinces-differ",
            f"{before.name}, {after.name}",
            f"สองรอบนี้เป็นของคนละจังหวัด: {old.file.definition.province.name_th} กับ {new.file.definition.province.name_th}",
            "the two rounds are of two provinces",
        )
    comparison = compare((old.file.definition, old.decided), (new.file.definition, new.decided))
    dumped = (r.file.definition.model_dump(mode="json", exclude_defaults=True) for r in (old, new))
    changed = tuple(row for row in diff_definitions(*dumped).rows if row.kind is not Change.DECIDE_AGAIN)
    return Compared(
        before=before,
        after=after,
        definition=changed,
        inputs=tuple(_inputs(before, after)),
        comparison=comparison,
        backtest=_backtest(before, after),
        findings=tuple(_unlike(comparison)),
    )


def _inputs(before: Round, after: Round) -> Iterable[dict[str, str | None]]:
    """The register files that are not the same on both sides."""
    old, new = ({f.label: f.sha256 for f in r.screening.ingested.files} for r in (before, after))
    for label in sorted(old.keys() | new.keys()):
        if old.get(label) != new.get(label):
            yield {"file": label, "before": old.get(label), "after": new.get(label)}


def _backtest(before: Round, after: Round) -> tuple[Retried, ...] | None:
    """The picks of the opened cycle, of the first where both are, under the other's decisions."""
    if before.picks is not None:
        return tuple(_retried(before.picks, before, after))
    return None if after.picks is None else tuple(_retried(after.picks, after, before))


def _retried(chosen: Iterable[Pick], then: Round, now: Round) -> Iterable[Retried]:
    names = then.screening.decided.decisions.set_index("producer_id")["producer_name"].to_dict()
    standing = now.screening.decided.decisions.set_index("producer_id").to_dict("index")
    nowhere = {"verdict": "", "tier": "", "reason_th": "ไม่มีในทะเบียนของอีกรอบ"}
    for pick in chosen:
        found = standing.get(pick.producer_id, nowhere)
        yield Retried(
            pick.producer_id,
            str(names[pick.producer_id]),
            pick.district_code,
            pick.tier,
            *(str(found[name]) for name in ("verdict", "tier", "reason_th")),
        )


def _unlike(comparison: Comparison) -> Iterable[Finding]:
    smaller = comparison.shared + min(comparison.only_before, comparison.only_after)
    if comparison.shared < _FEW * smaller:
        yield warn(
            "registers-unlike",
            "producers",
            f"รหัสผู้ผลิตของสองทะเบียนตรงกันเพียง {comparison.shared} จาก {smaller} ราย ผลเปรียบเทียบรายกลุ่มอาจไม่มีความหมาย",
            f"only {comparison.shared} of {smaller} producer ids stand in both registers",
        )
