"""Evidence, shortest paths, counts, forecast and certificate against a naive reading, on registers nobody chose."""

import json
import random
from collections import Counter
from itertools import combinations, product
from typing import Any

from hypothesis import HealthCheck, given, settings

from kbo_core.domain.certificate import Standing, certificate_faults
from kbo_core.domain.clause_rows import Weight
from kbo_core.domain.definition import Rules
from kbo_core.domain.explanations import ClauseSheet, Sheet
from kbo_core.domain.forecast import forecast, forecast_findings
from kbo_core.domain.outcomes import near_miss_rows, open_rows, tally
from kbo_core.office.certifying import basis_of, certificate
from kbo_core.office.screening import Screening
from tests.explaining.provinces import explained, screening_of
from tests.screening.registers import World, worlds
from tests.screening.test_against_the_oracle import row_by_row

CODES = ("1a", "1b", "2", "3", "4")
SOME = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def tiers_of(values: dict[str, str], rules: Rules) -> list[str]:
    """What the two tiers come to, in words of the contract."""
    first = [values["1a"], values["1b"], values["2"]]
    if rules.clause_4_binds_tier_1:
        first.append(values["4"])
    second = [values["1a"], values["3"], values["4"]]
    if rules.fallback.clause_2_binds:
        second.append(values["2"])
    return ["fail" if "fail" in tier else "unknown" if "unknown" in tier else "pass" for tier in (first, second)]


def verdict_of(values: dict[str, str], rules: Rules, is_open: bool) -> str:
    first, second = tiers_of(values, rules)
    told = {first, second} if is_open else {first}
    return "eligible" if "pass" in told else "unknown" if "unknown" in told else "ineligible"


def rated(weights: set[Weight]) -> str:
    """Clause 1b by what its rows do."""
    if Weight.AGAINST in weights:
        return "fail"
    if Weight.UNCLEAR in weights:
        return "unknown"
    return "pass" if Weight.FOR in weights else "fail"


def value_by_rows(clause: ClauseSheet, rules: Rules) -> str:
    """A clause's value, from nothing but the rows that its sheet shows."""
    own = {e.weight for e in clause.evidence if not e.question}
    near = {e.weight for e in clause.evidence if e.question} - {Weight.NOTHING}
    is_missing = any("ไม่มีบัญชีนี้" in told for told in clause.searched_th)
    if clause.code == "1b":
        if rules.star_scope == "any" and Weight.FOR in own:
            return "pass"
        # Each near match is the producer's or is not.
        some = [set(chosen) for r in range(len(near) + 1) for chosen in combinations(near, r)]
        told = {rated(own | more) for more in some}
        if rules.star_scope == "any":
            told = {"unknown" if value == "pass" and own | near >= {Weight.UNCLEAR} else value for value in told}
        return told.pop() if len(told) == 1 else "unknown"
    if Weight.FOR in own:
        return "pass"
    if Weight.AGAINST in own:
        return "fail"
    if Weight.UNCLEAR in own or near or is_missing:
        return "unknown"
    on_a_list = clause.code in ("2", "4")
    return "pass" if on_a_list else "fail"


def read(screening: Screening) -> tuple[list[Sheet], Rules, dict[str, bool], dict[str, Any]]:
    """The sheets, the rules, where the fallback is open, and the shortage."""
    rules = screening.file.definition.rules
    shortage = screening.decided.shortage.as_dict()
    told: Any = shortage["districts"]
    sheets = list(explained(screening).sheets())
    short = {d["district_code"] for d in told if d["short"]}
    by_district = rules.fallback.scope == "district"
    is_open = {
        s.producer_id: s.district_code in short if by_district else bool(shortage["fallback_open"]) for s in sheets
    }
    return sheets, rules, is_open, shortage


@SOME
@given(world=worlds())
def test_the_rows_shown_give_the_value_of_every_clause(world: World) -> None:
    """Whoever reads only the evidence comes to the same value as the decision."""
    sheets, rules, _, _ = read(screening_of(world, row_by_row))
    for sheet in sheets:
        for clause in sheet.clauses:
            assert clause.value.word == value_by_rows(clause, rules), (sheet.producer_id, clause)
            assert all(e.source and e.row > 1 and e.words_th for e in clause.evidence)


@SOME
@given(world=worlds())
def test_the_shortest_path_is_the_smallest_change_of_clauses_that_makes_eligible(world: World) -> None:
    """Of all sets of clauses that could be changed to pass, no smaller one suffices, and each way told does."""
    sheets, rules, is_open, _ = read(screening_of(world, row_by_row))
    for sheet in sheets:
        values = {c.code: c.value.word for c in sheet.clauses}
        opened = is_open[sheet.producer_id]
        assert verdict_of(values, rules, opened) == sheet.verdict
        enough = [
            set(chosen)
            for size in range(len(CODES) + 1)
            for chosen in combinations(CODES, size)
            if verdict_of(values | dict.fromkeys(chosen, "pass"), rules, opened) == "eligible"
        ]
        minimal = [one for one in enough if not any(other < one for other in enough)]
        assert sorted(map(sorted, minimal)) == sorted(sorted(way.clauses) for way in sheet.ways)
        assert len(sheet.ways[0].clauses) == min(map(len, enough))


@SOME
@given(world=worlds())
def test_the_counts_are_those_of_the_sheets(world: World) -> None:
    """Verdicts, first failing clauses, near misses and open questions, counted sheet by sheet."""
    screening = screening_of(world, row_by_row)
    seen = explained(screening)
    sheets, rules, is_open, _ = read(screening)
    whole, by_district = tally(seen)

    def first(sheet: Sheet, word: str) -> str:
        order = ["1a", "1b", "2", *(["4"] if rules.clause_4_binds_tier_1 else [])]
        if is_open[sheet.producer_id]:
            order += [*(["2"] if rules.fallback.clause_2_binds else []), "3", "4"]
        values = {c.code: c.value.word for c in sheet.clauses}
        return next(code for code in order if values[code] == word)

    assert {k: v for k, v in whole.verdicts.items() if v} == Counter(s.verdict for s in sheets)
    assert whole.first_failing == Counter(first(s, "fail") for s in sheets if s.verdict == "ineligible")
    assert whole.first_unknown == Counter(first(s, "unknown") for s in sheets if s.verdict == "unknown")
    assert whole.count == len(sheets) == sum(d.count for d in by_district.values())
    for code, told in by_district.items():
        assert told.count == sum(s.district_code == code for s in sheets)
    near = {s.producer_id: s for s in sheets if s.verdict == "ineligible" and len(s.ways[0].clauses) == 1}
    assert {row["producer_id"] for row in near_miss_rows(seen)} == set(near)
    assert whole.near_misses == len(near)
    assert [row["producer_id"] for row in open_rows(seen)] == [s.producer_id for s in sheets if s.verdict == "unknown"]
    assert all(row["clauses"] for row in open_rows(seen))


@SOME
@given(world=worlds())
def test_every_open_question_is_one_that_the_findings_ask(world: World) -> None:
    """A near match in a sheet is named as the finding names it, so that the answer finds it."""
    screening = screening_of(world, row_by_row)
    asked = {f.where for f in screening.findings if f.code == "near-match"}
    sheets = list(explained(screening).sheets())
    assert {e.question for s in sheets for c in s.clauses for e in c.evidence if e.question} <= asked


@SOME
@given(world=worlds())
def test_the_forecast_is_the_count_with_every_unknown_settled_one_way(world: World) -> None:
    """All unknown clauses pass, or all fail; the shortage is judged anew. However they come out, the counts lie within
    the bounds that are told."""
    screening = screening_of(world, row_by_row)
    seen = explained(screening)
    sheets, rules, _, _ = read(screening)
    quota = screening.file.definition.quota
    told = forecast(seen.found, seen.register.districts, rules, quota, ())

    def eligible(*words: str, seed: int = 0) -> Counter[str]:
        draw = random.Random(seed)  # noqa: S311 - the same draws every time
        settled = [
            (s, {c.code: draw.choice(words) if c.value.word == "unknown" else c.value.word for c in s.clauses})
            for s in sheets
        ]
        passes = [s.district_code for s, values in settled if tiers_of(values, rules)[0] == "pass"]

        def is_open(code: str) -> bool:
            if rules.fallback.scope == "province":
                return sum(quota.values()) > len(passes)
            return rules.fallback.scope == "district" and quota.get(code, 0) > passes.count(code)

        return Counter(
            s.district_code
            for s, values in settled
            if verdict_of(values, rules, is_open(s.district_code)) == "eligible"
        )

    fail, good = eligible("fail"), eligible("pass")
    assert {code: (o.if_all_fail, o.if_all_pass) for code, o in told.items()} == {c: (fail[c], good[c]) for c in quota}
    for seed in range(20):
        mixed = eligible("fail", "pass", seed=seed)
        assert all(o.least <= mixed[code] <= o.most for code, o in told.items())
    short = {f"quota.{code}" for code in quota if quota[code] > told[code].least}
    assert {f.where for f in forecast_findings(told)} == short


@SOME
@given(world=worlds())
def test_a_certificate_stands_exactly_where_the_fallback_is_open_and_is_true(world: World) -> None:
    """Counted by hand from the decisions; and whatever is changed in it shows."""
    screening = screening_of(world, row_by_row)
    sheets, rules, _, shortage = read(screening)
    quota = screening.file.definition.quota
    issued = certificate(screening)
    assert (issued is not None) == bool(shortage["fallback_open"])
    if issued is None:
        assert all(s.tier != "2" for s in sheets)
        return
    told = json.loads(json.dumps(issued.as_dict()))
    first = [s for s in sheets if tiers_of({c.code: c.value.word for c in s.clauses}, rules)[0] == "pass"]
    by_code: dict[str, list[str]] = {}
    for sheet in first:
        by_code.setdefault(sheet.district_code, []).append(sheet.producer_id)
    assert told["tier_1"] == {code: sorted(ids) for code, ids in by_code.items()}
    short = {code: quota[code] - len(by_code.get(code, [])) for code in quota}
    if rules.fallback.scope == "province":
        assert sum(quota.values()) > len(first)
        assert told["opened"] == list(quota)
    else:
        assert told["opened"] == [code for code in quota if short[code] > 0]
    assert all(s.district_code in told["opened"] for s in sheets if s.tier == "2" and s.district_code in quota)
    standings = [Standing(s.producer_id, s.district_code, s.tier, s.verdict) for s in sheets]
    basis = basis_of(screening)
    assert certificate_faults(told, standings, quota, basis, ()) == []
    for key, _ in product(told, [0]):
        changed = {**told, key: "0" * 64 if isinstance(told[key], str) else []}
        assert changed == told or certificate_faults(changed, standings, quota, basis, ()), key
