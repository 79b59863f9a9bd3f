"""Damaged tables of products and lists of participants, several in one register; see test_corrupted_files."""

import os

import pytest

from tests.registry.accounting import check_group
from tests.registry.corruption import corrupted
from tests.screening.test_against_the_oracle import row_by_row

FILES = int(os.environ.get("KBO_CORRUPTED_FILES", "500")) * 4 // 5
FIRST = 100_000  # the seeds of the other file end before
TOGETHER = 7
CHUNK = 20 * TOGETHER


@pytest.mark.parametrize("first", range(FIRST, FIRST + FILES, CHUNK))
def test_every_row_of_damaged_products_and_lists_is_accounted_for(first: int) -> None:
    """One table of products and six lists at once beside sound producers; what blocks is left out and told why."""
    for seed in range(first, min(first + CHUNK, FIRST + FILES), TOGETHER):
        files = {f"list{n}": corrupted(seed + n, "list") for n in range(1, TOGETHER)}
        check_group({"products": corrupted(seed, "products"), **files}, row_by_row, again=seed % 10 == 0)
