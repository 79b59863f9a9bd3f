"""Findings: what a person must read, and the two ways the programme says no."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How far a finding reaches."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing a person must read.

    ``where`` names the place in the reader's own terms: a key of the definition, a file, a cell.
    """

    code: str
    severity: Severity
    where: str
    message_th: str
    message_en: str

    def as_row(self) -> dict[str, str]:
        return {
            "code": self.code,
            "severity": self.severity.value,
            "where": self.where,
            "message_th": self.message_th,
            "message_en": self.message_en,
        }


def block(code: str, where: str, message_th: str, message_en: str) -> Finding:
    return Finding(code, Severity.BLOCK, where, message_th, message_en)


def warn(code: str, where: str, message_th: str, message_en: str) -> Finding:
    return Finding(code, Severity.WARN, where, message_th, message_en)


def info(code: str, where: str, message_th: str, message_en: str) -> Finding:
    return Finding(code, Severity.INFO, where, message_th, message_en)


_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once: what blocks first, then by code and place."""
    return sorted(set(findings), key=lambda f: (_ORDER[f.severity], f.code, f.where, f.message_th))


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that a person must settle before anything goes on."""
    return [f for f in in_order(findings) if f.severity is Severity.BLOCK]


class KboError(Exception):
    """What the programme says to a person, never a traceback. Carries the findings."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = in_order(findings)
        super().__init__("; ".join(f"{f.code} ({f.where}): {f.message_en}" for f in self.findings))


class BlockedError(KboError):
    """Findings that a person must settle; nothing was changed (exit code 3)."""


class RefusedError(KboError):
    """Input that cannot be read, is unsafe or is invalid; nothing was changed (exit code 4)."""


def refused(code: str, where: str, message_th: str, message_en: str) -> RefusedError:
    return RefusedError(block(code, where, message_th, message_en))


def blocked(code: str, where: str, message_th: str, message_en: str) -> BlockedError:
    return BlockedError(block(code, where, message_th, message_en))
