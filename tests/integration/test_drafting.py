"""Letters drafted from a cycle: what the command line writes, and what an office changes about it."""

import email
import json
import zipfile
from email.policy import default
from pathlib import Path

import pytest

from deployments.cli import run
from kbo_core.clock import parse_now
from kbo_core.domain.findings import RefusedError
from kbo_core.domain.reminder_plan import Urgency
from kbo_core.office.drafting import covering_letters
from kbo_core.office.office import Office, open_office
from kbo_core.office.own_papers import check_own_letters, letters_folder, paper_style, write_letters
from kbo_core.office.pressing import follow_up_letter
from kbo_core.registry.quality import Validate
from tests.cycle import CYCLE, answer, log_of, open_cycle, outbox, turn
from tests.unit.reading import bare, docx_text, pdf_text

LATE, UNTIL = parse_now("2025-06-12T09:00"), parse_now("2025-06-20T16:30")


@pytest.fixture
def waiting(tmp_path: Path, province: Path, validate: Validate) -> Office:
    """An office at a home, eight days after the deadline; Mae Chai has answered, the two others owe."""
    office = open_office(tmp_path / "home")
    open_cycle(office, province, validate)
    answer(office, "5607", "B1", at=parse_now("2025-01-10T10:00"))
    for day in ("2025-05-21", "2025-06-05", "2025-06-12"):
        turn(office, parse_now(f"{day}T08:35"))
    return office


def texts(files: dict[str, bytes]) -> list[str]:
    """What the Word file and the PDF say."""
    return [docx_text(content) if name.endswith(".docx") else pdf_text(content) for name, content in files.items()]


def test_the_follow_up_takes_the_offices_style_and_template(waiting: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arabic digits by its setting, its own words by its template; nothing is changed."""
    before = log_of(waiting)
    shipped = follow_up_letter(waiting, CYCLE, UNTIL, Urgency.VERY_URGENT, LATE)
    assert all(bare("ภายในวันที่ ๒๐ มิถุนายน ๒๕๖๘ เวลา ๑๖.๓๐ น.") in text for text in texts(shipped))
    assert all(bare("๑ เมืองพะเยา ๒ ๔ มิ.ย. ๒๕๖๘ ๘") in text for text in texts(shipped))
    monkeypatch.setenv("KBO_LETTER_DIGITS", "arabic")
    write_letters(waiting.home, paper_style())
    own = follow_up_letter(waiting, CYCLE, UNTIL, Urgency.VERY_URGENT, LATE)
    assert all(bare("ภายในวันที่ 20 มิถุนายน 2568 เวลา 16.30 น.") in text for text in texts(own))
    (letters_folder(waiting.home) / "follow-up.docx").write_bytes(b"not a letter")
    with pytest.raises(RefusedError, match="letter-template-unreadable"):
        follow_up_letter(waiting, CYCLE, UNTIL, Urgency.VERY_URGENT, LATE)
    assert log_of(waiting) == before


def test_the_drafted_letter_is_the_one_that_went_out(waiting: Office) -> None:
    """The PDF of the packet, byte for byte, beside the same in Word."""
    files = dict(covering_letters(waiting, CYCLE, ["5601"], paper_style()))
    assert sorted(files) == [f"letter-{CYCLE}-5601-01.docx", f"letter-{CYCLE}-5601-01.pdf"]
    mail = outbox(waiting)["5601-packet-01.eml"]
    sent = email.message_from_bytes(mail, policy=default)
    pdf, *_ = (part.get_content() for part in sent.iter_attachments())
    assert files[f"letter-{CYCLE}-5601-01.pdf"] == pdf
    assert docx_text(files[f"letter-{CYCLE}-5601-01.docx"])[:200]


def test_the_commands_write_drafts(waiting: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As an officer types them; the settings of the office hold, an option goes before them."""
    line = ["--home", str(waiting.home), "--now", "2025-06-12T09:00", "--json", "cycle"]
    out = ["--out", str(tmp_path / "drafts")]
    assert run([*line, "covering-letters", CYCLE, "--form", "memorandum", "--digits", "arabic", *out]) == 0
    capsys.readouterr()
    drafts = {file.name: file.read_bytes() for file in (tmp_path / "drafts").iterdir()}
    assert len(drafts) == 6
    assert bare("บันทึกข้อความ") in docx_text(drafts[f"letter-{CYCLE}-5607-01.docx"])
    assert run([*line, "covering-letters", CYCLE, "--form", "telegram", *out]) == 4
    capsys.readouterr()


def test_an_office_replaces_a_template_and_it_is_checked(waiting: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Written out, taken up unchanged, checked; a broken one and a misnamed one are refused by name."""
    line = ["--home", str(waiting.home), "--json", "office"]
    assert run([*line, "write-letters"]) == 0
    names = json.loads(capsys.readouterr().out)["written"]
    assert sorted(file.name for file in letters_folder(waiting.home).iterdir()) == sorted(names)
    assert write_letters(waiting.home, paper_style()) == []
    assert check_own_letters(waiting.home) == sorted(names)
    (letters_folder(waiting.home) / "follow-up.docx").write_bytes(b"not a letter")
    (letters_folder(waiting.home) / "followup.docx").write_bytes(b"")
    with pytest.raises(RefusedError) as refusal:
        check_own_letters(waiting.home)
    assert {(f.code, f.where) for f in refusal.value.findings} == {
        ("letter-template-unreadable", "follow-up.docx"),
        ("letter-template-unknown-file", "followup.docx"),
    }
    assert run([*line, "check-letters"]) == 4


@pytest.mark.parametrize(("name", "value"), [("KBO_LETTER_DIGITS", "roman"), ("KBO_LETTER_FACE", "Tahoma")])
def test_a_setting_that_is_not_known_is_refused(
    name: str, value: str, waiting: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a cycle is opened, too: the check of the templates looks at it."""
    monkeypatch.setenv(name, value)
    with pytest.raises(RefusedError, match=rf"letter-setting .{name}"):
        check_own_letters(waiting.home)


def test_an_official_face_is_named_where_the_office_has_it(waiting: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every template that is written out to be edited, the letter to the department among them."""
    monkeypatch.setenv("KBO_LETTER_FACE", "TH SarabunPSK")
    for name in write_letters(waiting.home, paper_style()):
        with zipfile.ZipFile(letters_folder(waiting.home) / name) as template:
            assert 'w:cs="TH SarabunPSK"' in template.read("word/styles.xml").decode()
