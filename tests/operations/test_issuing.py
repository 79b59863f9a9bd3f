"""The letter of the year: issued by a person, opened as it was issued, told when it is missing."""

from datetime import timedelta
from pathlib import Path

import pytest

from kbo_core.clock import parse_now
from kbo_core.domain.findings import BlockedError
from kbo_core.office.announcing import LOCKED, OVERDUE, announcements_due, awaited
from kbo_core.office.circulars import (
    Standing,
    circulars_folder,
    has_circular,
    issue_circular,
    laid_circulars,
    require_as_issued,
    waiting_circulars,
)
from kbo_core.office.doctor import examine
from kbo_core.office.nationwide import nationwide
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from tests.cycle import CYCLE, DUE_AT, OPENED_AT, answer, open_cycle
from tests.province import write_small_province


def standings(office: Office) -> list[Standing]:
    return [laid.standing for laid in laid_circulars(office)]


def test_a_definition_is_told_of_and_opened_only_once_issued(office: Office, validate: Validate) -> None:
    """Laid, issued, changed, issued again, opened: each step is said, and only the file that was issued is opened."""
    path = write_small_province(circulars_folder(office.home))
    assert standings(office) == [Standing.NOT_ISSUED]
    assert (waiting_circulars(office), has_circular(office, OPENED_AT)) == ([], False)

    first, is_new = issue_circular(office, path, at=OPENED_AT, by="ผู้ออกหนังสือ")
    assert (is_new, issue_circular(office, path, at=OPENED_AT, by="ผู้อื่น")) == (True, (first, False))
    assert [issue.sha256 for issue in waiting_circulars(office)] == [first.sha256]
    assert has_circular(office, OPENED_AT)
    assert not has_circular(office, parse_now("2025-12-01T09:00"))

    path.write_text(path.read_text("utf-8") + "\n# later\n", encoding="utf-8")
    assert standings(office) == [Standing.CHANGED]
    with pytest.raises(BlockedError, match="circular-changed"):
        require_as_issued(first.path, first.sha256)
    issue_circular(office, path, at=OPENED_AT, by="ผู้ออกหนังสือ")
    open_cycle(office, path, validate)
    assert (standings(office), waiting_circulars(office)) == ([Standing.OPEN], [])
    assert examine(office)[1] == []


def test_a_definition_with_open_questions_cannot_be_issued(office: Office) -> None:
    """What ``kbo cycle check`` would stop is not issued, and the list says what stands against it."""
    path = write_small_province(circulars_folder(office.home))
    path.write_text(path.read_text("utf-8").replace("on: 2025-06-04", "on: 2024-06-04"), encoding="utf-8")
    with pytest.raises(BlockedError, match="deadline-before-issue"):
        issue_circular(office, path, at=OPENED_AT, by="ผู้ออกหนังสือ")
    (laid,) = laid_circulars(office)
    assert (laid.standing, laid.findings[0].code) == (Standing.UNCLEAR, "deadline-before-issue")


def test_what_others_act_on_is_announced_once(office: Office, province: Path, validate: Validate) -> None:
    """Overdue once for each deadline; locked once everything is in; what is still awaited is said in words."""
    open_cycle(office, province, validate)
    answer(office, "5601", "A1", "A2", at=OPENED_AT + timedelta(days=1))
    assert announcements_due(office, CYCLE, DUE_AT) == []
    late = DUE_AT + timedelta(hours=1)
    told = announcements_due(office, CYCLE, late)
    assert [(news.event, news.district_code) for news in told] == [(OVERDUE, "5607"), (OVERDUE, "5606")]
    assert announcements_due(office, CYCLE, late + timedelta(days=1)) == []
    answer(office, "5607", "B1", at=late)
    with office.database.read() as connection:
        assert [line.partition(":")[0] for line in awaited(connection, CYCLE, late)] == ["อำเภอปง"]
    answer(office, "5606", at=late, is_nil=True)
    assert [news.event for news in announcements_due(office, CYCLE, late)] == [LOCKED]
    assert announcements_due(office, CYCLE, late) == []
    with office.database.read() as connection:
        assert awaited(connection, CYCLE, late) == []
    assert examine(office)[1] == []
    (line,) = nationwide(office, late)
    assert (line.province_code, line.asked, line.answered, line.overdue) == ("56", 3, 3, 0)
