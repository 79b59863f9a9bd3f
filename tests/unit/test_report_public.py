"""The public report: nothing of persons in any file of it, not even beside its text."""

import io
import zipfile
from dataclasses import replace

import pypdfium2
import pytest

from kbo_core.documents.papers import Audience, Report
from kbo_core.documents.report import report_csv, report_docx, report_pdf, report_xlsx
from kbo_core.documents.report_package import report_package
from kbo_core.documents.report_tables import report_tables, without_contacts
from tests.unit.reading import bare
from tests.unit.sample_reports import PERSONAL, full_report

PUBLIC, INTERNAL = Audience.PUBLIC, Audience.INTERNAL


def everything_in(content: bytes) -> str:
    """All text of a file: of a zip that of each member, of a PDF the text, the properties and the raw bytes."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            texts = [name for name in packed.namelist() if not name.endswith(".odttf")]  # the fonts of a Word document
            return "".join(name + everything_in(packed.read(name)) for name in texts) + str(packed.comment)
    if content.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(content)
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
        return bare(text) + str(document.get_metadata_dict()) + content.decode("latin-1")
    return content.decode()


def papers(made: Report, audience: Audience) -> dict[str, bytes]:
    writers = (report_pdf, report_xlsx, report_csv, report_docx, report_package)
    return {write.__name__: write(made, audience) for write in writers}


def test_no_personal_value_is_in_any_public_file() -> None:
    """Names of officials and contacts, telephones, addresses, what people wrote in their own words."""
    for name, content in papers(full_report(), PUBLIC).items():
        text = everything_in(content)
        found = [value for value in PERSONAL if value in text or bare(value) in text]
        assert found == [], name


def test_the_internal_report_has_what_the_public_one_leaves_out() -> None:
    """Else the test above would prove nothing."""
    text = everything_in(report_docx(full_report(), INTERNAL))
    assert [value for value in PERSONAL if value not in text] == []
    on_paper = everything_in(report_pdf(full_report(), INTERNAL))
    assert [value for value in PERSONAL if bare(value) not in on_paper] == []


def test_who_made_a_public_file_is_nobody() -> None:
    """Author, company and last editor are empty, in PDF, Word and workbook."""
    metadata = pypdfium2.PdfDocument(report_pdf(full_report(), PUBLIC)).get_metadata_dict()
    assert metadata["Author"] == ""
    for content in (report_xlsx(full_report(), PUBLIC), report_docx(full_report(), PUBLIC)):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            core = parts.read("docProps/core.xml").decode()
        for element in ("dc:creator", "cp:lastModifiedBy"):
            assert f"<{element}>" not in core or f"<{element}></{element}>" in core


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("กลุ่มทอผ้า โทร 081-234-5678", "กลุ่มทอผ้า โทร (ตัดออก)"),
        ("กลุ่มทอผ้า ๐๘๑ ๒๓๔ ๕๖๗๘", "กลุ่มทอผ้า (ตัดออก)"),
        ("กลุ่ม a.b@example.go.th บ้านดอย", "กลุ่ม (ตัดออก) บ้านดอย"),
        ("กลุ่มจักสาน 1103700000011", "กลุ่มจักสาน (ตัดออก)"),
        ("กลุ่มแม่บ้านหมู่ 12 ปี 2567", "กลุ่มแม่บ้านหมู่ 12 ปี 2567"),
    ],
)
def test_a_number_of_somebodys_in_a_name_is_taken_out(name: str, kept: str) -> None:
    """A register may have it there; numbers of villages and years stay."""
    assert without_contacts(name) == kept
    first = replace(full_report().names[0], producer_name=name, products=(name,))
    made = replace(full_report(), names=(first, *full_report().names[1:]))
    row = report_tables(made, PUBLIC)["names"].rows[0]
    assert kept in row
    assert name in report_tables(made, INTERNAL)["names"].rows[0]


def test_ids_and_hashes_are_not_taken_for_telephones() -> None:
    """Only names are looked through."""
    first = replace(full_report().names[0], producer_id="5601000123")
    made = replace(full_report(), names=(first,))
    assert report_tables(made, PUBLIC)["names"].column("producer_id") == ["5601000123"]
