"""The largest sizes at which our own functions are run: as yet they hold a register as Python objects."""

LARGEST = {
    "read": 250_000,
    "ingest_unchecked": 250_000,
    "ingest_checked": 250_000,
    "screen_cycle": 250_000,
    "screen_nation": 0,
}
