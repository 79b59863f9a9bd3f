"""Is a register sound as a whole, and like the last one? The suite of provinces judges one row a province."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from kbo_core.domain.areas import provinces
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.drift import DRIFT_COLUMNS, Profile, drift, profile_of
from kbo_core.domain.findings import Finding, Severity
from kbo_core.domain.register import Register
from kbo_core.registry.quality import Validate


@dataclass(frozen=True)
class Whole:
    """One province's register in figures, and those of the register that its last cycle was opened on."""

    definition: CycleDefinition
    profile: Profile
    last: Profile | None

    @classmethod
    def of(cls, definition: CycleDefinition, register: Register, last: Profile | None) -> "Whole":
        return cls(definition, profile_of(register, definition.rules), last)

    def as_row(self) -> dict[str, object]:
        """What the suite looks at; no drift where there is nothing to compare with."""
        profile, definition = self.profile, self.definition
        given = [code for code, places in definition.quota.items() if places]
        row: dict[str, object] = {
            "rated": profile.rated if profile.producers else -1,
            # Without a fallback nothing is asked of quadrants; of a province without producers, nothing at all.
            "classified": profile.classified if profile.producers and definition.rules.fallback.scope != "off" else -1,
            "has_empty_district": any(code not in profile.districts for code in given),
            "unknown_types_share": profile.unknown_types_share,
            **dict.fromkeys(DRIFT_COLUMNS, float("nan")),
        }
        if self.last:
            row |= {str(name): value for name, value in drift(profile, self.last).iloc[0].items()}
        return row


def judge_wholes(wholes: Sequence[Whole], validate: Validate) -> list[list[Finding]]:
    """What a person must read of each."""
    table = pd.DataFrame([whole.as_row() for whole in wholes])
    told: list[list[Finding]] = [[] for _ in wholes]
    for failure in validate("provinces", table):
        for n in failure.rows.tolist():
            name = provinces()[wholes[n].definition.province_code].name_th
            value = table.at[n, failure.column]
            shown = f" ({value:.2f})" if isinstance(value, float) else ""
            told[n].append(
                Finding(
                    failure.check,
                    Severity(failure.action.value),
                    f"จังหวัด{name}",
                    f"{failure.reason_th}{shown}",
                    f"{failure.reason_en}{shown}",
                )
            )
    return told
