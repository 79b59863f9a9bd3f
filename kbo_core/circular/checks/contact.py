"""A letter gives a telephone number that can be dialled."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, info

_RUNS = ("1234567", "7654321", "2345678")


def placeholder_contact(contents: Contents) -> Iterable[Finding]:
    """Tells of a number that only holds the place of one: blank, crosses, one digit over and over."""
    phone = contents.signature.phone
    if phone and _is_placeholder(phone.value):
        yield info(
            "placeholder-contact",
            "letter.phone",
            f"หมายเลขโทรศัพท์ในหนังสือดูเหมือนไม่ใช่หมายเลขจริง หมายเลขที่ถูกต้องคืออะไร{beside(phone.quote)}",
            f"the telephone number looks like a place-holder: what is the real one?{beside(phone.quote)}",
        )


def _is_placeholder(number: str) -> bool:
    digits = number.lower()
    return (
        len(digits) < 2
        or "x" in digits
        or len(set(digits[1:])) == 1
        or len(set(digits[-7:])) == 1
        or any(run in digits for run in _RUNS)
    )
