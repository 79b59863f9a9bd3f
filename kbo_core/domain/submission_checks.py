"""Submission checks: one check, one function, one code; what each says is in ``submission_words``.

A form that is meant for somebody else is judged no further: its picks belong to another list.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kbo_core.domain.areas import districts
from kbo_core.domain.findings import Finding, Severity, in_order
from kbo_core.domain.submission_words import tell
from kbo_core.domain.submissions import FORM_CODE, Expected, FilledForm, Pick, choice_label
from kbo_core.domain.thai_text import clean, name_key

_YEAR_BE = re.compile(r"(?<![0-9])2[5-6][0-9]{2}(?![0-9])")
_PARTS = re.compile(r"[,;/|]")
_TOKENS = re.compile(r"[\s,;/|]+")
_DISTRICT_WORDS = re.compile(r"^(?:อำเภอ|อ\.)|(?:จังหวัด|จ\.).*$")
_BESIDE = " :;,-–—()"  # what people write between an id and a name
_SHORTEST_ID = 5  # an all-digit text outside the table is only an id from this length on: years and counts are shorter


def check_submission(form: FilledForm, assignment: Expected) -> list[Finding]:
    """Everything a person must read about a form; it can be accepted when nothing blocks."""
    misdirected = [finding for check in _ADDRESS_CHECKS for finding in check(form, assignment)]
    if misdirected:
        return in_order(misdirected)
    findings = [*form.findings, *(finding for check in _CONTENT_CHECKS for finding in check(form, assignment))]
    return in_order([*findings, *_superseded_revision(form, assignment, findings)])


def resolve_picks(form: FilledForm, expected: Expected) -> tuple[str, ...]:
    """The ids of the candidates that were picked, each once, in the form's order."""
    return tuple(dict.fromkeys(i for _, i in _identified(form, expected) if i in expected.candidates))


@dataclass(frozen=True)
class _Meaning:
    """Whom a pick may mean: one producer, or the several that stand in one cell or bear one name."""

    producer_id: str | None = None
    several: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    without_zeros: str | None = None


def _meaning(pick: Pick, expected: Expected) -> _Meaning:
    """By the list's own wording, by id, or by a name unique in the district."""
    written = _key(pick.text)
    if listed := [i for i, name in expected.candidates.items() if written in _labels(i, name)]:
        return _Meaning(listed[0])
    if len(several := _several(pick.text, expected)) > 1:
        return _Meaning(several=several)
    if _is_known(pick.producer_id_guess, expected):
        return _Meaning(pick.producer_id_guess)
    if (by_id := [i for i in expected.register if written == _key(i)]) and len(by_id) == 1:
        return _Meaning(by_id[0])
    named = _named(written, expected)
    if len(named) == 1:
        return _Meaning(named[0])
    return _Meaning(named=named, without_zeros=None if named else _without_zeros(pick.text, expected))


@lru_cache(maxsize=1 << 16)
def _key(text: str) -> str:
    return name_key(text)


@lru_cache(maxsize=1 << 14)
def _labels(producer_id: str, name: str) -> tuple[str, str]:
    return name_key(producer_id), name_key(choice_label(producer_id, name))


def _is_known(producer_id: str, expected: Expected) -> bool:
    return producer_id in expected.candidates or producer_id in expected.register


def _several(text: str, expected: Expected) -> tuple[str, ...]:
    """The producers in one cell, by their ids or as names with signs between them."""
    ids = tuple(dict.fromkeys(token for token in _TOKENS.split(clean(text)) if _is_known(token, expected)))
    if len(ids) > 1 or len(parts := _PARTS.split(text)) == 1:
        return ids
    return tuple(dict.fromkeys(named[0] for part in parts if len(named := _named(_key(part), expected)) == 1))


def _named(written: str, expected: Expected) -> tuple[str, ...]:
    """The producers of that name: those of the district, or else anybody in the register; a group registered twice
    counts once."""
    if not written:
        return ()
    names = {i: s.name for i, s in expected.register.items()} | dict(expected.candidates)
    same = [i for i, name in names.items() if _key(name) == written]
    here = [i for i in same if i in expected.candidates or expected.register[i].district_code == expected.district.code]
    ordered = sorted(here or same, key=lambda i: (i not in expected.candidates, i))
    by_identity: dict[str, str] = {}
    for producer_id in ordered:
        by_identity.setdefault(expected.identity(producer_id), producer_id)
    return tuple(by_identity.values())


def _without_zeros(text: str, expected: Expected) -> str | None:
    """The one candidate whose id is this number with zeros before it."""
    if not (text.isascii() and text.isdigit()):
        return None
    same = [i for i in expected.candidates if i.isascii() and i.isdigit() and i.lstrip("0") == text.lstrip("0")]
    return same[0] if len(same) == 1 else None


def _identified(form: FilledForm, expected: Expected) -> Iterator[tuple[Pick, str]]:
    for pick in form.picks:
        producer_id = _meaning(pick, expected).producer_id
        if producer_id is not None:
            yield pick, producer_id


def _outside(form: FilledForm, expected: Expected) -> Iterator[tuple[Pick, str]]:
    """The picks that name a known producer who is not on the district's list."""
    return ((p, i) for p, i in _identified(form, expected) if i not in expected.candidates)


# Whose form is it?


def _programme_form(form: FilledForm, _: Expected) -> Iterator[Finding]:
    if not FORM_CODE.fullmatch(form.form_code):
        yield tell("form-code-unknown", form.code_cell or "รหัสแบบ")


def _cycle_of_form(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    code = FORM_CODE.fullmatch(form.form_code)
    if code is None or code["cycle"] == expected.cycle:
        return
    year, expected_year = _year_of(code["cycle"]) or form.year_be, _year_of(expected.cycle)
    if year and expected_year and year < expected_year:
        yield tell(
            "form-last-year",
            form.form_code,
            year=year,
            cycle=code["cycle"],
            expected_year=expected_year,
            expected=expected.cycle,
        )
    else:
        yield tell("form-other-cycle", form.form_code, cycle=code["cycle"], expected=expected.cycle)


def _year_of(cycle: str) -> int | None:
    """The Buddhist year that a cycle's name carries, when it carries one."""
    years = set(_YEAR_BE.findall(cycle))
    return int(years.pop()) if len(years) == 1 else None


def _district_of_form(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    code = FORM_CODE.fullmatch(form.form_code)
    if code and code["district"] != expected.district.code:
        other = districts().get(code["district"])
        yield tell(
            "form-other-district",
            form.form_code,
            whose=other.title_th if other else f"รหัสอำเภอ {code['district']}",
            expected=expected.district.title_th,
            code=code["district"],
            expected_code=expected.district.code,
        )


def _district_printed(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    """A head that names another district of the province than the form code does."""
    code = FORM_CODE.fullmatch(form.form_code)
    if code is None or code["district"] != expected.district.code:
        return
    written = _key(_DISTRICT_WORDS.sub("", form.district))
    others = (d for d in districts().values() if d.province_code == expected.district.province_code)
    if any(_key(d.name_th) == written for d in others if d.code != expected.district.code):
        yield tell(
            "form-district-differs",
            form.district_cell,
            expected=expected.district.title_th,
            expected_code=expected.district.code,
        )


def _revision_of_form(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    code = FORM_CODE.fullmatch(form.form_code)
    if code and int(code["revision"]) > expected.revision:
        yield tell("form-revision-unknown", form.form_code, revision=code["revision"], expected=expected.revision)


def _superseded_revision(form: FilledForm, expected: Expected, findings: Iterable[Finding]) -> Iterator[Finding]:
    """An old form is harmless while everything in it still holds."""
    code = FORM_CODE.fullmatch(form.form_code)
    if code is None or int(code["revision"]) >= expected.revision:
        return
    if any(f.severity is Severity.BLOCK for f in findings):
        yield tell("form-superseded:blocks", form.form_code, revision=code["revision"], expected=expected.revision)
    else:
        yield tell("form-superseded:holds", form.form_code, revision=code["revision"], expected=expected.revision)


# Who was picked?


def _pick_by_name(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _identified(form, expected):
        if producer_id in expected.candidates and _key(pick.text) == _key(expected.candidates[producer_id]):
            yield tell("pick-by-name", pick.cell, producer_id=producer_id)


def _pick_name_ambiguous(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick in form.picks:
        if len(named := _meaning(pick, expected).named) > 1:
            yield tell("pick-name-ambiguous", pick.cell, ids=", ".join(sorted(named)))


def _pick_several(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick in form.picks:
        if several := _meaning(pick, expected).several:
            yield tell("pick-several", pick.cell, ids=", ".join(several))


def _pick_name_differs(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    """An id together with somebody else's name may mean either of the two."""
    for pick, producer_id in _identified(form, expected):
        for cell, written in _names_beside(pick, producer_id):
            if not written or written in _own_names(producer_id, expected):
                continue
            others = [i for i in _named(written, expected) if expected.identity(i) != expected.identity(producer_id)]
            if others:
                yield tell("pick-id-name-conflict", cell, producer_id=producer_id, other=others[0])
            else:
                yield tell("pick-name-differs", cell, producer_id=producer_id)


def _names_beside(pick: Pick, producer_id: str) -> Iterator[tuple[str, str]]:
    """What stands beside an id, in its own cell or in the column of names: the cell and the name's key."""
    if producer_id == pick.producer_id_guess:
        yield pick.cell, _key(clean(pick.text).removeprefix(pick.producer_id_guess).strip(_BESIDE))
    yield pick.name_cell, _key(pick.name)


def _own_names(producer_id: str, expected: Expected) -> set[str]:
    names = []
    if producer_id in expected.candidates:
        names.append(expected.candidates[producer_id])
    if producer_id in expected.register:
        names.append(expected.register[producer_id].name)
    labels = [choice_label(producer_id, name) for name in names]
    return {_key(text) for text in [*names, *labels, *(label.removeprefix(producer_id) for label in labels)]}


def _pick_zeros_lost(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    """Spreadsheets take an id of digits for a number."""
    for pick in form.picks:
        if candidate := _meaning(pick, expected).without_zeros:
            yield tell("pick-zeros-lost", pick.cell, producer_id=candidate)


def _pick_not_in_register(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick in form.picks:
        if _meaning(pick, expected) == _Meaning():
            yield tell("pick-not-in-register", pick.cell)


def _pick_astray(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for stray in form.strays:
        written = _key(stray.text)
        for producer_id, name in expected.candidates.items():
            key, label = _labels(producer_id, name)
            is_id = written == key and (not key.isdigit() or len(key) >= _SHORTEST_ID)
            if is_id or written in (label, _key(name)):
                yield tell("pick-astray", stray.cell, producer_id=producer_id)
                break


def _pick_of_other_district(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _outside(form, expected):
        home = expected.register[producer_id].district_code
        if home != expected.district.code:
            known = districts().get(home)
            yield tell(
                "pick-other-district",
                pick.cell,
                producer_id=producer_id,
                whose=known.title_th if known else f"รหัสอำเภอ {home}",
                expected=expected.district.title_th,
                code=home,
            )


def _pick_ineligible(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _outside_at_home(form, expected, "ineligible"):
        reason = expected.register[producer_id].reason_th
        yield tell("pick-ineligible", pick.cell, producer_id=producer_id, reason=reason)


def _pick_unknown(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _outside_at_home(form, expected, "unknown"):
        reason = expected.register[producer_id].reason_th
        yield tell("pick-unsettled", pick.cell, producer_id=producer_id, reason=reason)


def _pick_not_offered(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _outside_at_home(form, expected, "eligible"):
        yield tell("pick-not-offered", pick.cell, producer_id=producer_id)


def _outside_at_home(form: FilledForm, expected: Expected, verdict: str) -> Iterator[tuple[Pick, str]]:
    for pick, producer_id in _outside(form, expected):
        standing = expected.register[producer_id]
        if standing.district_code == expected.district.code and standing.verdict == verdict:
            yield pick, producer_id


def _pick_twice(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for pick, producer_id in _identified(form, expected):
        if producer_id in first:
            yield tell("pick-twice", pick.cell, producer_id=producer_id, first=first[producer_id])
        else:
            first[producer_id] = pick.cell


def _picked_elsewhere(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _identified(form, expected):
        if producer_id in expected.picked_elsewhere:
            whose = expected.picked_elsewhere[producer_id]
            yield tell("pick-elsewhere", pick.cell, producer_id=producer_id, whose=whose)


def _pick_linked(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    """One group registered under two numbers is one group."""
    first: dict[str, tuple[str, str]] = {}
    elsewhere = {expected.identity(i): (i, whose) for i, whose in expected.picked_elsewhere.items()}
    for pick, producer_id in _identified(form, expected):
        identity = expected.identity(producer_id)
        twin, cell = first.setdefault(identity, (producer_id, pick.cell))
        if twin != producer_id:
            yield tell("pick-linked:here", pick.cell, producer_id=producer_id, twin=twin, first=cell)
        twin, whose = elsewhere.get(identity, (producer_id, ""))
        if twin != producer_id:
            yield tell("pick-linked:elsewhere", pick.cell, producer_id=producer_id, twin=twin, whose=whose)


# How many?


def _over_quota(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    over = form.picks[expected.quota :]
    if over:
        cells = ", ".join(pick.cell for pick in over)
        yield tell("over-quota", cells, picked=len(form.picks), quota=expected.quota)


def _short(form: FilledForm, expected: Expected) -> bool:
    return 0 < len(form.picks) < expected.quota


def _short_without_reason(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    if _short(form, expected) and not form.reason:
        yield tell("short-without-reason", form.reason_cell, picked=len(form.picks), quota=expected.quota)


def _short_with_reason(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    if _short(form, expected) and form.reason:
        yield tell("short-with-reason", form.reason_cell, picked=len(form.picks), quota=expected.quota)


def _nil_unclear(form: FilledForm, _: Expected) -> Iterator[Finding]:
    if form.nil_cell is not None and not form.is_nil:
        yield tell("nil-unclear", form.nil_cell)


def _nil_with_picks(form: FilledForm, _: Expected) -> Iterator[Finding]:
    if form.is_nil and form.picks:
        yield tell("nil-with-picks", form.nil_cell or form.form_code, first=form.picks[0].cell)


def _free(expected: Expected) -> list[str]:
    """The candidates that nobody else has picked, under any of their ids."""
    taken = {expected.identity(i) for i in expected.picked_elsewhere}
    return [i for i in expected.candidates if expected.identity(i) not in taken]


def _nil_hides_candidates(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    free = _free(expected)
    if form.is_nil and expected.quota and free:
        yield tell("nil-hides-candidates", form.nil_cell or form.form_code, count=len(free))


def _nil_return(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    if form.is_nil and expected.quota and not form.picks and not _free(expected):
        yield tell("nil-return", form.nil_cell or form.form_code, quota=expected.quota)


def _nothing_filled(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    if expected.quota and not form.picks and form.nil_cell is None:
        yield tell("form-empty", form.form_code)


# Who reports?


def _reporter_missing(form: FilledForm, _: Expected) -> Iterator[Finding]:
    if not form.reporter:
        yield tell("reporter-missing", form.form_code)


_Check = Callable[[FilledForm, Expected], Iterator[Finding]]
_ADDRESS_CHECKS: tuple[_Check, ...] = (
    _programme_form,
    _cycle_of_form,
    _district_of_form,
    _revision_of_form,
    _district_printed,
)
_CONTENT_CHECKS: tuple[_Check, ...] = (
    _pick_by_name,
    _pick_name_ambiguous,
    _pick_several,
    _pick_name_differs,
    _pick_zeros_lost,
    _pick_not_in_register,
    _pick_astray,
    _pick_of_other_district,
    _pick_ineligible,
    _pick_unknown,
    _pick_not_offered,
    _pick_twice,
    _picked_elsewhere,
    _pick_linked,
    _over_quota,
    _short_without_reason,
    _short_with_reason,
    _nil_unclear,
    _nil_with_picks,
    _nil_hides_candidates,
    _nil_return,
    _nothing_filled,
    _reporter_missing,
)
