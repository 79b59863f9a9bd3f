"""A letter read: the draft definition, what must be asked, and the words that each value stands on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType
from typing import Any

from kbo_core.circular.checks import CHECKS
from kbo_core.circular.contents import Contents, read_contents
from kbo_core.circular.letter import Letter, Quote
from kbo_core.circular.participant_lists import given_lists, needed_lists
from kbo_core.circular.quoting import shown
from kbo_core.domain.definition import Attachment
from kbo_core.domain.definition_checks import CHECKS as DEFINITION_CHECKS
from kbo_core.domain.definition_checks import Facts
from kbo_core.domain.findings import Finding, in_order

Definition = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """What a letter gives of a definition, as printed. Every value of ``definition`` has its quotation."""

    letter: Letter
    contents: Contents
    definition: Definition
    quotes: Mapping[str, Quote]
    findings: tuple[Finding, ...]

    def as_document(self) -> dict[str, Any]:
        """The reading as one JSON document: dates and times as text."""
        return {
            "definition": _plain(self.definition),
            "findings": [finding.as_row() for finding in self.findings],
            "quotes": {key: quote.as_row() for key, quote in self.quotes.items()},
        }

    def with_clauses(self) -> Definition:
        """The definition with the clauses' own words beside it, to be compared with another year's."""
        clauses = {
            key.removeprefix("guideline."): q.shown for key, q in self.quotes.items() if key.startswith("guideline.")
        }
        return {**self.definition, "guideline": clauses} if clauses else dict(self.definition)


def read_letter(letter: Letter) -> Reading:
    """The reading of a letter. Never fails: what cannot be read is absent, and a finding says so."""
    contents = read_contents(letter)
    values = list(_values(contents))
    definition: Definition = {}
    for key, value, _ in values:
        _put(definition, key, value)
    attachments = [{"no": a.no, "title": a.title, "enclosed": a.found is not None} for a in contents.attachments]
    if attachments:
        definition.setdefault("circular", {})["attachments"] = attachments
    quotes = {key: quote for key, _, quote in values} | dict(_other_quotes(contents))
    facts = _facts(contents, definition, quotes)
    findings = [finding for check in DEFINITION_CHECKS for finding in check(facts)]
    findings = [finding for finding in findings if finding.where not in quotes or finding.code not in _SAID_BY_LETTER]
    findings += [finding for ask in CHECKS for finding in ask(contents)]
    return Reading(letter, contents, definition, MappingProxyType(quotes), tuple(in_order(findings)))


# The letter's own words answer these when they say which of two readings is meant.
_SAID_BY_LETTER = ("tier2-source", "tier2-clause2")


def _values(contents: Contents) -> Iterator[tuple[str, object, Quote]]:
    """Each value that the letter prints: dotted key, value, quotation. In the order of the definition's keys."""
    head, rules, register = contents.head, contents.rules, contents.register
    if contents.programme:
        yield "programme", "KBO", contents.programme
    if contents.programme_years:
        yield "programme_year_be", contents.programme_years[0].value, contents.programme_years[0].quote
    if contents.province:
        yield "province_code", contents.province.value.code, contents.province.quote
    if head.number:
        yield "circular.number", str(head.number.value), head.number.quote
    if head.issued and head.issued.on:
        yield "circular.issued_on", head.issued.on, head.issued.quote
    if head.subject:
        yield "circular.subject", head.subject.value, head.subject.quote
    if register.year:
        yield "allocation.year_be", register.year.value, register.year.quote
    if register.total and register.total.count is not None:
        yield "allocation.total", register.total.count, register.total.quote
    if contents.limits:
        limit = contents.limits[0]
        # A day that the calendar does not have stands as text, which no definition accepts.
        yield "deadline.on", limit.day.on or limit.day.as_text, limit.day.quote
        if limit.at:
            yield "deadline.at", f"{limit.at.value:%H:%M}", limit.at.quote
    if rules.star_year:
        yield "rules.star_year_be", rules.star_year.value, rules.star_year.quote
    if rules.stars:
        yield "rules.stars", list(rules.stars[0].value), rules.stars[0].quote
    if rules.star_scope:
        yield "rules.star_scope", rules.star_scope.value, rules.star_scope.quote
    if rules.kbo_years:
        yield "rules.kbo_exclusion_years_be", list(rules.kbo_years.value), rules.kbo_years.quote
    for key, printed in (
        ("scope", rules.scope),
        ("source", rules.source),
        ("quadrant_year_be", rules.quadrant_year),
        ("exclude_project_year_be", rules.project_year),
        ("clause_2_binds", rules.kbo_clause_binds),
    ):
        if printed:
            yield f"rules.fallback.{key}", printed.value, printed.quote
    seen = set()
    for row, district in contents.placed:
        # The first row of a district named twice stands; a finding shows both.
        if district and row.count is not None and district.code not in seen:
            seen.add(district.code)
            yield f"quota.{district.code}", row.count, row.quote


def _other_quotes(contents: Contents) -> Iterator[tuple[str, Quote]]:
    head, signature, rules = contents.head, contents.signature, contents.rules
    for attachment in contents.attachments:
        yield f"circular.attachments.{attachment.no}", attachment.quote
        if attachment.found:
            yield f"circular.attachments.{attachment.no}.enclosed", attachment.found
    for i, clause in enumerate(contents.guideline.clauses, 1):
        yield f"guideline.{i}", clause.quote
    for key, quote in (
        ("letter.place", head.place),
        ("letter.addressees", head.addressees),
        ("letter.reference", head.reference),
        ("letter.signatory", signature.signatory),
        ("letter.position", signature.position),
        ("letter.phone", signature.phone.quote if signature.phone else None),
        ("rules.fallback", rules.fallback),
        ("rules.producer_type", rules.producer_type.quote if rules.producer_type else None),
    ):
        if quote:
            yield key, quote


def _put(definition: Definition, key: str, value: object) -> None:
    *parents, last = key.split(".")
    place = definition
    for parent in parents:
        place = place.setdefault(parent, {})
    place[last] = value


def _facts(contents: Contents, definition: Definition, quotes: Mapping[str, Quote]) -> Facts:
    """What the definition's own checks are told of a letter; a setting that the letter leaves open is not known."""
    rules, fallback = definition.get("rules", {}), definition.get("rules", {}).get("fallback", {})
    deadline = contents.limits[0].day.on if contents.limits else None
    counts = [row.count for row in contents.register.rows if row.count is not None]
    return Facts(
        issued_on=definition.get("circular", {}).get("issued_on"),
        deadline_on=deadline,
        printed_deadline=deadline,
        programme_year_be=definition.get("programme_year_be"),
        allocation_year_be=definition.get("allocation", {}).get("year_be"),
        allocation_total=definition.get("allocation", {}).get("total"),
        attachments=tuple(
            Attachment(no=a.no, title=a.title, enclosed=a.found is not None) for a in contents.attachments
        ),
        province=contents.province.value if contents.province and contents.register.rows else None,
        quota={d.code: row.count or 0 for row, d in contents.placed if d},
        quota_sum=sum(counts) if counts else None,
        needed_lists=tuple(needed_lists(definition)),
        given_lists=given_lists(contents.attachments),
        has_fallback=rules != {} and contents.rules.fallback is not None,
        fallback_source=fallback.get("source"),
        quadrant_year_be=fallback.get("quadrant_year_be"),
        exclude_project_year_be=fallback.get("exclude_project_year_be"),
        clause_2_binds=fallback.get("clause_2_binds"),
        said={key: shown(quote) for key, quote in quotes.items()},
    )


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return value
