"""What a careful clerk notices in a letter, one question a file. Nothing is corrected here."""

from collections.abc import Callable, Iterable

from kbo_core.circular.checks.addressing import several_provinces
from kbo_core.circular.checks.attachments_referred import referred_attachments
from kbo_core.circular.checks.clause_references import clause_numbering, clause_references
from kbo_core.circular.checks.contact import placeholder_contact
from kbo_core.circular.checks.dates_printed import dates_printed
from kbo_core.circular.checks.deadline_wording import deadline_wording
from kbo_core.circular.checks.districts_named import districts_named
from kbo_core.circular.checks.figures_twice import figures_twice
from kbo_core.circular.checks.horizon import horizon
from kbo_core.circular.checks.issuance import issuance
from kbo_core.circular.checks.not_read import not_read
from kbo_core.circular.checks.producer_types import producer_types
from kbo_core.circular.checks.quota_columns import quota_columns
from kbo_core.circular.checks.shortage_scope import shortage_scope
from kbo_core.circular.checks.star_levels import star_levels
from kbo_core.circular.checks.terms import term_variants
from kbo_core.circular.checks.total_row import total_row
from kbo_core.circular.checks.upstream import upstream_reference
from kbo_core.circular.checks.years_of_the_programme import years_of_the_programme
from kbo_core.circular.contents import Contents
from kbo_core.domain.findings import Finding

CHECKS: tuple[Callable[[Contents], Iterable[Finding]], ...] = (
    not_read,
    dates_printed,
    deadline_wording,
    horizon,
    several_provinces,
    districts_named,
    quota_columns,
    total_row,
    figures_twice,
    years_of_the_programme,
    star_levels,
    producer_types,
    shortage_scope,
    clause_references,
    clause_numbering,
    referred_attachments,
    issuance,
    placeholder_contact,
    upstream_reference,
    term_variants,
)
