"""Quotations as they stand in messages and comments."""

from kbo_core.circular.letter import Quote

_LONGEST = 140


def shown(quote: Quote) -> str:
    """``บรรทัด 28 “…”``, shortened where long."""
    text = quote.shown
    return f"บรรทัด {quote.line} “{text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + '…'}”"


def beside(*quotes: Quote | None) -> str:
    """The quotations side by side, for the end of a message; empty without any."""
    said = [shown(quote) for quote in quotes if quote]
    return f" [{' | '.join(said)}]" if said else ""
