"""What a paper says, whatever its bytes: to compare papers that were written by different releases of a library."""

import io
import zipfile

import openpyxl
import pypdfium2
from docx import Document


def words_of(name: str, content: bytes) -> object:
    """The text of a PDF, Word document or workbook, of a zip that of every member; other files as they are."""
    if name.endswith(".pdf"):
        return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content)]
    if name.endswith(".docx"):
        paper = Document(io.BytesIO(content))
        cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
        return [paragraph.text for paragraph in paper.paragraphs], cells
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return {inner: words_of(inner, packed.read(inner)) for inner in packed.namelist()}
    return content
