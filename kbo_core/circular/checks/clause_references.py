"""Clauses are numbered without gaps, and point only to clauses that are there."""

from collections.abc import Iterable
from itertools import pairwise

from kbo_core.circular.contents import Contents
from kbo_core.circular.guideline import references
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, block, warn


def clause_references(contents: Contents) -> Iterable[Finding]:
    """Asks which clause is meant where the one that is pointed to is not there."""
    labels = contents.guideline.labels
    for i, clause in enumerate(contents.guideline.clauses, 1):
        for label, quote in references(clause):
            if labels and label not in labels:
                seen = beside(quote, clause.quote)
                yield block(
                    "clause-reference",
                    f"guideline.{i}",
                    f"ข้อ {clause.label} อ้างถึงข้อ {label} แต่แนวทางไม่มีข้อนี้ หมายถึงข้อใด{seen}",
                    f"clause {clause.label} points to clause {label}, which is not there: which is meant?{seen}",
                )


def clause_numbering(contents: Contents) -> Iterable[Finding]:
    """Warns where a number was left out: perhaps a clause is missing."""
    numbered = [c for c in contents.guideline.clauses if c.label.isdigit()]
    for one, two in pairwise(numbered):
        if int(two.label) > int(one.label) + 1:
            seen = beside(one.quote, two.quote)
            yield warn(
                "clause-numbering",
                "guideline",
                f"แนวทางข้าม{'ข้อ'} {one.label} ไปข้อ {two.label} มีข้อที่ขาดหายไปหรือไม่{seen}",
                f"the guideline goes from clause {one.label} to {two.label}: is one missing?{seen}",
            )
