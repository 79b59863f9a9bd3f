"""The published schema accepts what the program accepts, and names what it refuses."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kbo_core.office.definitions import load_yaml

ROOT = Path(__file__).parents[2]


def as_an_editor_sees_it(value: Any) -> Any:
    """Dates as text."""
    if isinstance(value, dict):
        return {key: as_an_editor_sees_it(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_an_editor_sees_it(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.fixture
def check() -> jsonschema.Draft202012Validator:
    """The schema as it is published."""
    return jsonschema.Draft202012Validator(json.loads((ROOT / "docs/definition.schema.json").read_text("utf-8")))


@pytest.mark.parametrize("name", ["as-printed.yaml", "settled.yaml"])
def test_the_examples_are_valid(name: str, check: jsonschema.Draft202012Validator) -> None:
    """An editor finds nothing to complain of."""
    definition = load_yaml((ROOT / "examples/phayao-2568" / name).read_text("utf-8"))
    assert [error.message for error in check.iter_errors(as_an_editor_sees_it(definition))] == []


def test_an_unknown_key_is_named(check: jsonschema.Draft202012Validator) -> None:
    """A misspelt key is underlined in the editor already."""
    definition = as_an_editor_sees_it(load_yaml((ROOT / "examples/phayao-2568/settled.yaml").read_text("utf-8")))
    definition["deadline"]["onn"] = "2025-06-04"
    assert any("onn" in error.message for error in check.iter_errors(definition))


def test_a_time_of_day_may_stand_bare_between_braces() -> None:
    """YAML 1.2 allows its colon there; the value is that of the same words on lines of their own."""
    assert load_yaml("act: {at: 2025-01-10T10:00, by: ก}\n") == load_yaml("act:\n  at: 2025-01-10T10:00\n  by: ก\n")
