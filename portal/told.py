"""What the portal says no with: a status, and words for the reader."""

from kbo_core.domain.findings import BlockedError, Finding, KboError, block

_STATUS = {
    "link-unknown": 404,
    "link-replaced": 410,
    "link-expired": 410,
    "desk-left": 401,
    "sign-in-needed": 401,
    "sign-in-wrong": 401,
    "not-allowed": 403,
    "foreign-origin": 403,
    "page-outdated": 403,
    "too-often": 429,
    "internal-error": 500,
    "too-large": 413,
    "form-too-large": 413,
    "page-missing": 404,
    "cycle-unknown": 404,
    "district-unknown": 404,
}


def status_of(error: KboError) -> int:
    """The status that a refusal is answered with: 409 for what must be settled first, 422 for what cannot be read."""
    for finding in error.findings:
        if finding.code in _STATUS:
            return _STATUS[finding.code]
    return 409 if isinstance(error, BlockedError) else 422


class TurnedAwayError(KboError):
    """The portal's own no: who asks may not, or not so."""


def turned_away(code: str, where: str, message_th: str, message_en: str) -> TurnedAwayError:
    return TurnedAwayError(block(code, where, message_th, message_en))


def page_missing(where: str) -> Finding:
    return block("page-missing", where, "ไม่พบหน้าที่ขอ โปรดตรวจที่อยู่ หรือกลับไปหน้าแรก", "no such page")
