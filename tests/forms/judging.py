"""What the programme says of a returned form: the picks and every finding, refusals included."""

from collections.abc import Sequence
from dataclasses import dataclass

from kbo_core.documents.form_layout import OWN, Shape
from kbo_core.documents.form_reader import read_form
from kbo_core.domain.findings import Finding, RefusedError, Severity
from kbo_core.domain.submission_checks import check_submission, resolve_picks
from kbo_core.domain.submissions import Expected
from tests.forms.sheets import EXPECTED


@dataclass(frozen=True)
class Judged:
    """The picks that would be counted, and the findings."""

    picks: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def blocking(self) -> list[tuple[str, str]]:
        return [(f.code, f.where) for f in self.findings if f.severity is Severity.BLOCK]

    @property
    def told(self) -> set[str]:
        """The codes of what does not block."""
        return {f.code for f in self.findings if f.severity is not Severity.BLOCK}


def judged(content: bytes, name: str, expected: Expected = EXPECTED, shapes: Sequence[Shape] = (OWN,)) -> Judged:
    """Read and check a file as the office does; no error but a refusal comes out."""
    try:
        form = read_form(content, name, shapes)
    except RefusedError as error:
        return Judged((), tuple(error.findings))
    return Judged(resolve_picks(form, expected), tuple(check_submission(form, expected)))
