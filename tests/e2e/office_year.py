"""``python -m tests.e2e.office_year``: an officer follows the operator's guide literally.

First its walk, then every command that its other sections show, once, in the order of a year, in an office whose home
is the folder where this is started. What the guide leaves to the officer, a letter that came, a file that was filled
in, is done between.
"""

import io
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from deployments.cli import run
from deployments.demo.districts import filled
from kbo_core.clock import now
from kbo_core.office.candidates import candidates_of
from kbo_core.office.intake import receive
from kbo_core.office.office import open_office
from kbo_core.store.database import load_blob
from kbo_core.store.reading import get_assignment, get_cycle
from tests.architecture.pages import ROOT, blocks
from tests.circular.test_same_letter_in_other_files import as_docx
from tests.e2e.walking import walk

GUIDE = ROOT / "docs" / "operator-guide.th.md"
CYCLE = "kbo-2568-56"
_EXAMPLE = ROOT / "examples" / "phayao-2568"
_HERE = Path()
_ELSEWHERE = ("kbo serve",)  # runs until it is stopped: tests/operations/test_serving.py
_PASSWORD = "รหัสผ่านสำหรับทดสอบ\n" * 2


def _registers(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for file in _EXAMPLE.iterdir():
        shutil.copy(file, folder)


def _circulars() -> None:
    _registers(_HERE / "circulars")
    shutil.copy("cycle.yaml", _HERE / "circulars")


def _definition(name: str, was: str = "", instead: str = "") -> Callable[[], None]:
    def write() -> None:
        text = (_EXAMPLE / "settled.yaml").read_text("utf-8")
        assert was in text
        Path(name).write_text(text.replace(was, instead), encoding="utf-8")

    return write


def _letter(name: str, was: str = "", instead: str = "") -> None:
    text = (ROOT / "tests" / "circular" / "corpus" / "nan.txt").read_text("utf-8")
    as_docx(text.replace(was, instead), Path(name))


def _letters_of_two_years() -> None:
    _letter("เก่า.docx")
    _letter("ใหม่.docx", "2568", "2569")


def _answers() -> None:
    where = "KBO 2567: กลุ่มเครื่องปั้นดินเผาบ้านนทุ่งผาง ~ 56-0136"
    Path("คำตอบ.csv").write_text(f"where,answer,reason\n{where},different,โทรถาม\n", encoding="utf-8")


def _new_list() -> None:
    text = (_EXAMPLE / "kbo-2567.csv").read_text("utf-8").rstrip("\n")
    Path("kbo-2567-v2.csv").write_text(f"{text}\n56-0001,กลุ่มจักสานบ้านศรีหลวง,พะเยา,เมืองพะเยา\n", encoding="utf-8")


def _form(district_code: str) -> bytes:
    """The district's own form, with as many of its candidates as it has places."""
    office = open_office(_HERE)
    with office.database.read() as connection:
        cycle = get_cycle(connection, CYCLE)
        assignment = get_assignment(connection, CYCLE, district_code)
        picked = [p for p, _ in candidates_of(connection, cycle, district_code)][: assignment.quota]
        form = load_blob(connection, str(assignment.form_sha256))
    office.database.close()
    return filled(form, [(p.producer_id, p.producer_name) for p in picked])


def _form_in_a_file() -> None:
    Path("แบบรายงาน.xlsx").write_bytes(_form("5608"))


def _answer_of_the_capital() -> None:
    form, office = _form("5601"), open_office(_HERE)
    receive(office, CYCLE, "5601", form, "form.xlsx", at=now(), via="file")
    office.database.close()


def _closed_with_a_reason() -> None:
    assert run(["cycle", "close", CYCLE, "--by", "นางสาวสมมติ เจ้าของเรื่อง", "--reason", "ให้รวมเล่มเท่าที่ได้"]) == 0


def _evidence_at_the_auditors() -> None:
    shutil.copy(_HERE / "reports" / CYCLE / "v1" / f"evidence-{CYCLE}-v1.zip", _HERE)


def _nation() -> None:
    _registers(_HERE / "รอบ2568")
    (_HERE / "รอบ2568" / "as-printed.yaml").unlink()


@dataclass(frozen=True)
class Step:
    """A command of the guide by its beginning; when, what is done before, what is typed, how it ends."""

    command: str
    at: str = ""
    before: Callable[[], None] | None = None
    typed: str = ""
    code: int = 0


YEAR = (
    Step("kbo circular read หนังสือ.docx", at="2024-12-06T09:00", before=lambda: _letter("หนังสือ.docx")),
    Step("kbo cycle check", before=_definition("cycle.yaml")),
    Step("kbo cycle screen"),
    Step("kbo cycle explain cycle.yaml"),
    Step("kbo cycle compare cycle.yaml", before=_definition("ลอง.yaml", "stars: [1, 3]", "stars: [1, 4]")),
    Step("kbo cycle rehearse"),
    Step("kbo registry review cycle.yaml"),
    Step("kbo registry review cycle.yaml --where"),
    Step("kbo registry review cycle.yaml --interactive", typed="นางสาวสมมติ เจ้าของเรื่อง\nq\n"),
    Step("kbo registry review cycle.yaml --answers", before=_answers),
    Step("kbo cycle open", at="2024-12-09T09:00"),
    Step("kbo circular issue", before=_circulars),
    Step("kbo cycle explain kbo-2568-56"),
    Step("kbo cycle compare kbo-2568-56", before=_definition("cycle-2569.yaml", CYCLE, "kbo-2569-56")),
    Step("kbo registry diff"),
    Step("kbo cycle settle"),
    Step("kbo cycle link", at="2025-05-20T09:00"),
    Step("kbo office add-account", typed=_PASSWORD),
    Step("kbo office add-account", typed=_PASSWORD),
    Step("kbo office accounts"),
    Step("kbo office remove-account"),
    Step("kbo cycle remind", at="2025-06-05T10:00"),
    Step("kbo cycle status"),
    Step("kbo cycle timeline"),
    Step("kbo cycle letter"),
    Step("kbo submission check", before=_form_in_a_file),
    Step("kbo submission receive"),
    Step("kbo cycle extend"),
    Step("kbo cycle return", before=_answer_of_the_capital),
    Step("kbo cycle reallocate"),
    Step("kbo cycle reallocate"),
    Step("kbo cycle reallocate"),
    Step("kbo cycle reallocate"),
    Step("kbo cycle override"),
    Step("kbo cycle update-list", before=_new_list),
    Step("kbo cycle close", at="2025-07-01T10:00", code=3),  # not every district has answered, as the section says
    Step("kbo cycle approve", before=_closed_with_a_reason),
    Step("kbo verify", before=_evidence_at_the_auditors),
    Step("kbo cycle reopen"),
    Step("kbo purge --dry-run"),
    Step("kbo purge --by"),
    Step("kbo backup", at="2025-07-02T09:00"),
    Step("kbo health", code=3),  # nothing serves here
    Step("kbo doctor"),
    Step("kbo restore"),
    Step("kbo national screen", before=_nation),
    Step("kbo national status"),
    Step("kbo national follow"),
    Step("kbo circular diff", before=_letters_of_two_years),
    Step("kbo circular read ใหม่.docx", before=Path("cycle-2569.yaml").unlink),
    Step("kbo registry diff", before=_definition("cycle-2569.yaml", CYCLE, "kbo-2569-56")),
    Step("kbo cycle compare"),
)


def commands() -> list[str]:
    """What the guide shows beside its walk."""
    shown = [command for block in blocks(GUIDE) if not block.is_walked for command in block.commands]
    return [command for command in shown if command.startswith("kbo ") and command not in _ELSEWHERE]


def live() -> int:
    """Live through the year; how many commands were run. The first that ends otherwise than told ends it."""
    _registers(_HERE)
    os.environ.update(KBO_HOME=str(_HERE.resolve()), KBO_PORTAL_URL="https://kbo.example.go.th")
    left = commands()
    for step in YEAR:
        os.environ["KBO_NOW"] = step.at or os.environ["KBO_NOW"]
        if step.before:
            step.before()
        command = next(shown for shown in left if shown.startswith(step.command))
        left.remove(command)
        sys.stdout.write(f"$ {command}\n")
        with patch.object(sys, "stdin", io.StringIO(step.typed)):
            code = run(shlex.split(command.replace("/srv/kbo/", f"{_HERE.resolve()}/"))[1:])
        if code != step.code:
            raise SystemExit(f"ended with {code}, not {step.code}: {command}")
    if left:
        raise SystemExit(f"never run: {left}")
    return len(YEAR)


if __name__ == "__main__":
    sys.stdout.write(f"walked {walk(GUIDE)}\n")
    sys.stdout.write(f"lived through {live()}\n")
