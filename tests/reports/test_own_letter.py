"""An office's own letter to the department: used, sealed with the report, and refused before anything is issued."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from kbo_core.channels.folder import FolderChannel
from kbo_core.documents.report_letter import NAME
from kbo_core.domain.findings import RefusedError
from kbo_core.office.closing import close
from kbo_core.office.evidence import OWN_LETTER
from kbo_core.office.office import Office
from kbo_core.office.own_papers import check_own_letters, letters_folder, paper_style, write_letters
from kbo_core.office.verifying import verify
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database
from kbo_core.store.reading import reports
from tests.cycle import CYCLE, DUE_AT, answer, open_cycle
from tests.province import write_small_province
from tests.reports.packing import members_of, resealed

WORDS = "สำนักงานพัฒนาชุมชนจังหวัด ชั้น ๒ ศาลากลาง"


def test_the_report_goes_with_the_offices_own_letter_and_verifies(tmp_path: Path, judged: Validate) -> None:
    """One that cannot be used stops the closing; the one in use lies in the bundle, another in its place is told."""
    home = tmp_path / "home"
    home.mkdir()
    database = Database(f"sqlite:///{home / 'kbo.sqlite3'}")
    office = Office(home, database, (FolderChannel(home / "outbox"),))
    open_cycle(office, write_small_province(tmp_path / "province"), judged)
    answer(office, "5606", at=DUE_AT, is_nil=True)
    answer(office, "5601", "A2", "A1", at=DUE_AT)
    answer(office, "5607", "B1", at=DUE_AT)
    write_letters(home, paper_style())
    own = letters_folder(home) / NAME
    shipped = own.read_bytes()

    own.write_bytes(b"not a letter")
    with pytest.raises(RefusedError, match="letter-template-unreadable"):
        close(office, CYCLE, judged, at=DUE_AT + timedelta(days=5), by="ผู้ทดสอบ")
    with database.read() as connection:
        assert reports(connection, CYCLE) == []

    paper = Document(BytesIO(shipped))
    paper.add_paragraph(WORDS)
    paper.save(str(own))
    assert NAME in check_own_letters(home)
    closed = close(office, CYCLE, judged, at=DUE_AT + timedelta(days=5), by="ผู้ทดสอบ")
    database.close()
    [letter] = closed.folder.glob("letter-*.docx")
    assert WORDS in [paragraph.text for paragraph in Document(str(letter)).paragraphs]

    bundle = next(closed.folder.glob("evidence-*.zip")).read_bytes()
    assert verify(bundle, judged).faults == []
    members = members_of(bundle)
    assert members[OWN_LETTER] == own.read_bytes()
    told = verify(resealed(members | {OWN_LETTER: shipped}), judged)
    assert [fault.where.partition(":")[0] for fault in told.faults] == [f"report/{letter.name}"]
    told = verify(resealed(members | {OWN_LETTER: b"not a letter"}), judged)
    assert [fault.code for fault in told.faults] == ["letter-template-unreadable"]
