"""Two rounds compared: by hand on the small province, and against a full run on registers nobody chose."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbo_core.domain.comparison import compare
from kbo_core.domain.findings import RefusedError
from kbo_core.office.comparing import Compared, compare_rounds
from kbo_core.office.office import Office
from kbo_core.office.rounds import Round, opened_round, round_of
from kbo_core.registry.quality import Validate
from tests.cycle import CYCLE, DUE_AT, OPENED_AT, answer, open_cycle
from tests.explaining.provinces import add_rows, edit, rewrite, screening_of, verdicts
from tests.province import GROUP
from tests.screening.registers import World, worlds
from tests.screening.test_against_the_oracle import row_by_row

NOWHERE = Path("/nowhere")  # a look at a definition makes no home


def other(province: Path) -> Path:
    """A second copy of the province, to be changed."""
    return Path(shutil.copytree(province.parent, province.parent.with_name("other"))) / "cycle.yaml"


def compared(before: Path, after: Path, validate: Validate) -> Compared:
    return compare_rounds(*(round_of(str(path), NOWHERE, validate) for path in (before, after)))


def changes(told: Compared) -> dict[str, tuple[str, str]]:
    """producer_id → change and clauses."""
    rows = told.comparison.changes
    return {i: (c, k) for i, c, k in zip(rows["producer_id"], rows["change"], rows["clauses"], strict=True)}


def test_a_wider_star_range_lets_in_those_whom_it_kept_out(province: Path, validate: Validate) -> None:
    """Four stars count too: C1 enters in its district by clause 1b, and the shortage of that district is over."""
    wider = other(province)
    rewrite(wider, ("stars: [1, 3]", "stars: [1, 4]"))
    told = compared(province, wider, validate)
    assert changes(told) == {"C1": ("enters", "1b")}
    assert told.comparison.shortage["5606"]["short"] == (1, 0)
    rows = {d["district_code"]: d for d in told.comparison.districts.to_dict("records")}
    assert (rows["5606"]["eligible_before"], rows["5606"]["enters"], rows["5606"]["eligible_after"]) == (0, 1, 1)
    assert [row.key for row in told.definition] == ["rules.stars"]
    assert told.inputs == ()
    assert told.backtest is None


def test_two_registers_tell_who_is_new_gone_moved_and_no_longer_certain(province: Path, validate: Validate) -> None:
    """One row of each kind in the second register."""
    after = other(province)
    folder = after.parent
    edit(folder / "producers.csv", 2, district="แม่ใจ")  # A1 moves
    edit(folder / "producers.csv", 3, producer_type="")  # A2 becomes unknown
    edit(folder / "products.csv", 4, stars="5")  # A3 leaves
    edit(folder / "producers.csv", 7, producer_id="B9", producer_name="กลุ่มลำไยอบแห้งบ้านสันขวาง")  # B1 is gone
    edit(folder / "products.csv", 7, producer_id="B9", producer_name="กลุ่มลำไยอบแห้งบ้านสันขวาง")
    edit(folder / "producers.csv", 5, producer_type=GROUP)  # A4 enters
    edit(folder / "kbo-2567.csv", 2, producer_name="กลุ่มเครื่องเงินบ้านป่าสัก")  # B2 was unknown
    told = compared(province, after, validate)
    assert changes(told) == {
        "A1": ("moves", ""),
        "A2": ("becomes-unknown", "1a"),
        "A3": ("leaves", "1b"),
        "A4": ("enters", "1a"),
        "B1": ("leaves", ""),
        "B2": ("ruled-out", "2"),
        "B9": ("enters", ""),
    }
    assert (told.comparison.only_before, told.comparison.only_after, told.comparison.shared) == (1, 1, 7)
    assert {i["file"] for i in told.inputs} == {"producers.csv", "products.csv", "kbo-2567.csv"}
    assert told.findings == ()


def test_opening_the_fallback_is_told_as_the_reason(province: Path, validate: Validate) -> None:
    """More places than tier 1 has groups: a group with a Quadrant D product enters though no clause of it changed."""
    classed = {"producer_id": "C1", "producer_name": "กลุ่มแปรรูปปลาบ้านร่องเหียง", "province": "พะเยา"}
    add_rows(province.parent / "products.csv", {**classed, "quadrant_year_be": "2567", "quadrant": "D"})
    short = other(province)
    rewrite(short, ('"5601": 2', '"5601": 9'))
    told = compared(province, short, validate)
    assert changes(told) == {"C1": ("enters", "")}
    assert list(told.comparison.changes["because_th"]) == ["เปิดใช้ข้อ ๓ และ ๔"]
    assert told.comparison.fallback == (False, True)


def test_registers_with_other_ids_are_warned_about(province: Path, validate: Validate) -> None:
    """Where hardly an id is shared, a comparison by id says little."""
    after = other(province)
    for name in ("producers.csv", "products.csv"):
        text = (after.parent / name).read_text("utf-8")
        for old in ("A1", "A2", "A3", "A4", "A5", "B1", "B2", "C1"):
            text = text.replace(f"\n{old},", f"\nX{old},")
        (after.parent / name).write_text(text, encoding="utf-8")
    assert [f.code for f in compared(province, after, validate).findings] == ["registers-unlike"]


def test_two_provinces_are_not_compared(province: Path, validate: Validate) -> None:
    """Nothing could be said about them."""
    before, after = (round_of(str(province), NOWHERE, validate) for _ in range(2))
    definition = after.screening.file.definition.model_copy(update={"province_code": "57"})
    object.__setattr__(after.screening.file, "definition", definition)
    with pytest.raises(RefusedError) as caught:
        compare_rounds(before, after)
    assert [f.code for f in caught.value.findings] == ["provinces-differ"]


def test_backtest_tells_how_last_years_choice_stands_under_this_years_rules(
    office: Office, province: Path, validate: Validate
) -> None:
    """A1 and A2 were chosen; by a range that begins at three stars A2 would not have been."""
    open_cycle(office, province, validate)
    answer(office, "5601", "A1", "A2", at=OPENED_AT)
    stricter = other(province)
    rewrite(stricter, ("stars: [1, 3]", "stars: [3, 3]"), ("cycle: kbo-test", "cycle: kbo-next"))
    told = compare_rounds(opened_round(office, CYCLE, validate), round_of(str(stricter), NOWHERE, validate))
    assert told.backtest is not None
    assert {(r.producer_id, r.tier_then, r.verdict, r.tier) for r in told.backtest} == {
        ("A1", 1, "eligible", "1"),
        ("A2", 1, "ineligible", ""),
    }
    assert told.retried == {"eligible": 1, "ineligible": 1}
    assert "ดาว" in next(r.reason_th for r in told.backtest if r.producer_id == "A2")
    again = compare_rounds(round_of(str(stricter), NOWHERE, validate), opened_round(office, CYCLE, validate))
    assert again.retried == told.retried
    assert DUE_AT > OPENED_AT


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    world=worlds(),
    stars=st.sampled_from([[1, 3], [2, 2], [1, 5], [3, 4]]),
    star_scope=st.sampled_from(["any", "all", "best"]),
    places=st.integers(0, 4),
    dropped=st.integers(0, 3),
)
def test_the_comparison_leads_from_the_one_full_run_to_the_other(
    world: World, stars: list[int], star_scope: str, places: int, dropped: int
) -> None:
    """What changed, applied to the first decisions, gives verdict, tier and district of the edited definition's own
    run; the figures of the districts add up."""
    rules: dict[str, Any] = {**world.definition["rules"], "stars": stars, "star_scope": star_scope}
    quota = dict.fromkeys(world.definition["quota"], places)
    edited = World(
        {**world.definition, "rules": rules, "quota": quota}, world.producers[dropped:], world.products, world.lists
    )
    before, after = (screening_of(one, row_by_row) for one in (world, edited))
    told = compare((before.file.definition, before.decided), (after.file.definition, after.decided))

    def standing(decisions: Any) -> dict[str, tuple[str, str, str]]:
        rows = decisions[["producer_id", "verdict", "tier", "district_code"]].itertuples(index=False)
        return {row.producer_id: (row.verdict, row.tier, row.district_code) for row in rows}

    result, wanted = standing(before.decided.decisions), standing(after.decided.decisions)
    rows: Any = told.changes.to_dict("records")
    for row in rows:
        producer_id = row["producer_id"]
        if row["verdict_after"]:
            assert result.get(producer_id) != wanted[producer_id]
            result[producer_id] = (row["verdict_after"], row["tier_after"], row["district_after"])
        else:
            del result[producer_id]
    assert result == wanted
    for d in told.districts.to_dict("records"):
        assert d["eligible_before"] + d["enters"] - d["leaves"] == d["eligible_after"]
        here = [v for v in wanted.values() if v[2] == d["district_code"]]
        assert d["eligible_after"] == sum(v[0] == "eligible" for v in here)
    assert told.shortage[""]["tier_1"] == tuple(s.decided.shortage.province.tier_1 for s in (before, after))
    nothing = compare((after.file.definition, after.decided), (after.file.definition, after.decided))
    assert nothing.changes.empty


def test_a_round_is_named_by_file_or_id(province: Path, validate: Validate, office: Office) -> None:
    """A path is screened afresh; anything else is a cycle that must have been opened."""
    assert round_of(str(province), NOWHERE, validate).picks is None
    with pytest.raises(RefusedError) as caught:
        round_of("kbo-nowhere", office.home, validate)
    assert [f.code for f in caught.value.findings] == ["cycle-unknown"]
    assert isinstance(round_of(str(province), NOWHERE, validate), Round)
    assert verdicts(province, validate)["A1"] == "1 eligible"
