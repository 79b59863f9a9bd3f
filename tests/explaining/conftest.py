"""These tests ask what comes of a screening, not how its tables are validated: the quick reading of the suites does."""

import pytest

from kbo_core.registry.quality import Validate
from tests.screening.test_against_the_oracle import row_by_row


@pytest.fixture
def validate() -> Validate:
    return row_by_row
