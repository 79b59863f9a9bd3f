"""What is published of a real cycle: no personal value that was planted in its register, contact book or words."""

import io
import json
import zipfile
from pathlib import Path

import pypdfium2

from tests.reports.full_cycle import PERSONAL
from tests.unit.reading import bare


def text_of(content: bytes) -> str:
    """Everything readable in a file, to the last member of a zip and the properties of a PDF."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            texts = [name for name in packed.namelist() if not name.endswith(".odttf")]  # the fonts of a Word document
            return "".join(name + text_of(packed.read(name)) for name in texts)
    if content.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(content)
        pages = "".join(page.get_textpage().get_text_bounded() for page in document)
        return bare(pages) + str(document.get_metadata_dict())
    return content.decode("utf-8-sig")


def personal_in(file: Path) -> list[str]:
    text = text_of(file.read_bytes())
    return [value for value in PERSONAL if value in text or bare(value) in text]


def test_no_planted_value_is_in_any_public_file_of_any_version(reports: Path) -> None:
    """Nor in the letter, which goes with either kind."""
    files = [*reports.glob("*/public-*"), *reports.glob("*/letter-*")]
    assert len(files) == 14
    assert {file.name: personal_in(file) for file in files if personal_in(file)} == {}


def test_the_internal_report_names_contacts_and_who_decided(reports: Path) -> None:
    """The chair and her telephone stand in neither: only the registers have them."""
    for file in reports.glob("v2/report-*"):
        if file.suffix != ".csv":  # the names alone
            found = set(personal_in(file))
            assert found >= set(PERSONAL) - {"นางสมมติ ไม่มีจริง", "0899999999"}, file.name
            assert not found & {"นางสมมติ ไม่มีจริง", "0899999999"}


def test_the_bundle_says_for_whom_it_is(bundle: bytes) -> None:
    """It holds the registers as they came."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as packed:
        words = packed.read("README.txt").decode()
        register = packed.read("inputs/02-producers.csv").decode()
        about = json.loads(packed.read("about.json"))
    assert "ห้ามเผยแพร่" in words
    assert "for\nthe office and its auditors" in words
    assert "นางสมมติ" in register
    assert set(about["fonts"]) == {"Sarabun_400Regular.ttf", "Sarabun_700Bold.ttf"}
    assert {"kbo-cycle", "typst", "xlsxwriter"} <= set(about["made_with"])
