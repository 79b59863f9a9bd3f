"""What runs and events name things by: places and hashes, never contents."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CircularReference:
    """An issued definition: where it lies, and the sha256 of the file that was issued."""

    path: str
    sha256: str
