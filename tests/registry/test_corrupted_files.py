"""Damaged registers of producers: none crashes the programme, none loses a row silently, none tells a secret."""

import os

import pytest

from kbo_core.registry.quality import Validate
from tests.registry.accounting import check_group
from tests.registry.corruption import corrupted
from tests.screening.test_against_the_oracle import row_by_row

# Of all files every fifth is a register of producers; ``KBO_CORRUPTED_FILES`` asks for more.
FILES = int(os.environ.get("KBO_CORRUPTED_FILES", "500")) // 5
CHUNK = 60
BY_THE_SUITES = 60


@pytest.mark.parametrize("first", range(0, FILES, CHUNK))
def test_every_row_of_a_damaged_register_is_accounted_for(first: int) -> None:
    """Rows in are rows kept, set aside and of elsewhere; a file that cannot be read is refused in plain words."""
    for seed in range(first, min(first + CHUNK, FILES)):
        check_group({"producers": corrupted(seed, "producers")}, row_by_row, again=seed % 10 == 0)


@pytest.mark.parametrize("first", range(500_000, 500_000 + BY_THE_SUITES, 20))
def test_the_suites_account_for_every_row_as_well(first: int, validate: Validate) -> None:
    """The same with Great Expectations, with damaged products and lists beside sound producers."""
    for seed in range(first, first + 20, 4):
        files = {f"list{n}": corrupted(seed + n, "list") for n in range(1, 4)}
        check_group({"products": corrupted(seed, "products"), **files}, validate, again=False)
        check_group({"producers": corrupted(seed, "producers")}, validate, again=False)
