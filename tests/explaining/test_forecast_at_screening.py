"""Which districts will be short stands among the findings before anything is opened."""

from pathlib import Path

from kbo_core.office.definitions import read_definition
from kbo_core.office.screening import screen
from kbo_core.registry.quality import Validate


def test_a_screening_tells_which_districts_will_be_short(province: Path, validate: Validate) -> None:
    """Pong has one place and nobody who qualifies or may."""
    told = {
        f.where: f for f in screen(read_definition(province), validate).findings if f.code == "district-forecast-short"
    }
    assert "quota.5606" in told
    assert "อำเภอปง ได้รับจัดสรร 1" in told["quota.5606"].message_th
    assert "quota.5601" not in told
