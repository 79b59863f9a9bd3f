"""The report as a data package."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package

from kbo_core.documents.papers import Audience, Report
from kbo_core.documents.report_package import DESCRIPTOR, report_package
from tests.unit.sample_reports import full_report, large_report, report


def unpacked(made: Report, audience: Audience, folder: Path) -> dict[str, Any]:
    """The descriptor; the files lie in the folder."""
    with zipfile.ZipFile(io.BytesIO(report_package(made, audience))) as packed:
        packed.extractall(folder)
    descriptor: dict[str, Any] = json.loads((folder / DESCRIPTOR).read_text("utf-8"))
    return descriptor


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("made", [full_report(), large_report(), report()], ids=["full", "large", "plain"])
def test_the_package_is_valid_by_the_standards_own_library(made: Report, audience: Audience, tmp_path: Path) -> None:
    """Descriptor, schemas, sizes, hashes, and every cell by the type of its field."""
    unpacked(made, audience, tmp_path)
    checked = Package(str(tmp_path / DESCRIPTOR)).validate()
    assert checked.valid, checked.flatten(["type", "title", "fieldName", "rowNumber", "message"])
    assert all(task.stats["errors"] == 0 for task in checked.tasks)


def test_a_wrong_cell_makes_it_invalid(tmp_path: Path) -> None:
    """The schemas do say something."""
    unpacked(full_report(), Audience.PUBLIC, tmp_path)
    names = tmp_path / "data" / "names.csv"
    names.write_bytes(names.read_bytes().replace(b"P0003", b"P0002"))
    assert not Package(str(tmp_path / DESCRIPTOR)).validate().valid


def test_every_resource_names_its_file_with_size_and_hash(tmp_path: Path) -> None:
    """And no file lies there that none names."""
    descriptor = unpacked(full_report(), Audience.INTERNAL, tmp_path)
    for resource in descriptor["resources"]:
        content = (tmp_path / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        heading = content.decode("utf-8").split("\r\n", 1)[0].split(",")
        assert [field["name"] for field in resource["schema"]["fields"]] == heading
    named = {resource["path"] for resource in descriptor["resources"]}
    assert {path.relative_to(tmp_path).as_posix() for path in (tmp_path / "data").iterdir()} == named


def test_contacts_are_in_the_internal_package_alone(tmp_path: Path) -> None:
    """A table of persons is no resource of the public one."""
    inside = unpacked(full_report(), Audience.INTERNAL, tmp_path / "inside")
    outside = unpacked(full_report(), Audience.PUBLIC, tmp_path / "outside")
    names = [{resource["name"] for resource in descriptor["resources"]} for descriptor in (inside, outside)]
    assert names[0] - names[1] == {"contacts"}
    assert names[1] <= names[0]


def test_the_same_report_gives_the_same_package() -> None:
    """Byte for byte; another moment is another."""
    made = full_report()
    assert report_package(made, Audience.PUBLIC) == report_package(made, Audience.PUBLIC)
    later = replace(made, made_at=made.made_at.replace(minute=1))
    assert report_package(later, Audience.PUBLIC) != report_package(made, Audience.PUBLIC)
