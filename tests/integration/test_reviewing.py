"""The review queue: what is asked, what an answer does now, and what is remembered for next year."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from kbo_core.clock import parse_now
from kbo_core.domain.answers import NO_ANSWERS
from kbo_core.domain.decisions import judge
from kbo_core.domain.findings import BlockedError, RefusedError
from kbo_core.domain.forecast import forecast
from kbo_core.office.definitions import read_definition
from kbo_core.office.doctor import examine
from kbo_core.office.intake import receive
from kbo_core.office.office import Office
from kbo_core.office.opening import freeze, prepare_packet
from kbo_core.office.posting import send_planned
from kbo_core.office.remembering import answers_at_home, frozen_answers, remember, remembered_answers
from kbo_core.office.reviewing import Review, read_given, remember_answers, review_cycle, review_definition
from kbo_core.office.screening import screen
from kbo_core.office.settling import Given, settle_match, settle_matches
from kbo_core.registry.quality import Validate
from kbo_core.store import schema
from kbo_core.store.database import load_blob
from kbo_core.store.fold import registry_log
from kbo_core.store.log import events
from kbo_core.store.reading import decided_producers, get_cycle, linked_identities, match_answers, picks
from tests.cycle import CYCLE, DUE_AT, OPENED_AT, answer, form_of
from tests.province import GROUP

B2 = "KBO 2567: กลุ่มเครื่องเงินบ้านป่าสักก ~ B2"
TWINS = "duplicate: A1 ~ A9"
WHY = "โทรสอบถามแล้ว"
LATER = parse_now("2025-01-10T10:00")


@pytest.fixture
def twice(province: Path) -> Path:
    """The small province, with A1 registered a second time under another prefix."""
    with (province.parent / "producers.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["A9", "วิสาหกิจชุมชนทอผ้าบ้านห้วยแก้ว", GROUP, "พะเยา", "เมืองพะเยา", "", ""])
    with (province.parent / "products.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["A9", "วิสาหกิจชุมชนทอผ้าบ้านห้วยแก้ว", "พะเยา", "ผ้า", "2567", "2"])
    return province


def opened(office: Office, definition: Path, validate: Validate) -> None:
    """Open with what is remembered, as the opening task does."""
    file = read_definition(definition)
    with office.database.read() as connection:
        answers = remembered_answers(connection, "56")
    freeze(office, screen(file, validate, answers=answers), OPENED_AT, "ผู้ทดสอบ")
    for code in ("5601", "5606", "5607"):
        prepare_packet(office, file.definition.cycle, code, OPENED_AT)
        send_planned(office, file.definition.cycle, code, OPENED_AT)


def verdicts(office: Office, cycle_id: str = CYCLE) -> dict[str, str]:
    with office.database.read() as connection:
        return {p.producer_id: p.verdict for p in decided_producers(connection, get_cycle(connection, cycle_id))}


def tell(office: Office, definition: Path, validate: Validate, *given: Given) -> None:
    remember_answers(office, read_definition(definition), validate, given, at=OPENED_AT, by="นางเอ")


def next_year(definition: Path) -> Path:
    """A definition of another year on the same registers."""
    path = definition.parent / "next.yaml"
    path.write_text(definition.read_text("utf-8").replace("cycle: kbo-test", "cycle: kbo-next"), encoding="utf-8")
    return path


def reviewed(definition: Path, validate: Validate) -> list[Review]:
    return review_definition(read_definition(definition), NO_ANSWERS, validate)


def test_a_question_shows_both_names_and_what_hangs_on_it(twice: Path, validate: Validate) -> None:
    """The one that decides a verdict first, then the one that only bars picking both."""
    near, twins = reviewed(twice, validate)
    assert near.where == B2
    assert (near.one.name, near.one.district_th, near.one.source, near.one.row) == (
        "กลุ่มเครื่องเงินบ้านป่าสักก",
        "แม่ใจ",
        "kbo-2567.csv",
        2,
    )
    assert (near.other.producer_id, near.other.source, near.other.row) == ("B2", "producers.csv", 8)
    assert near.stakes.clauses == ("2",)
    assert (near.stakes.same, near.stakes.different, near.stakes.changed) == ("ineligible", "eligible", ("B2",))
    assert near.similarity > 90

    assert twins.where == TWINS
    assert twins.question.likeness == "core"
    assert twins.stakes.changed == ()
    assert twins.stakes.both_eligible


def test_a_twin_of_a_participant_hangs_on_the_answer(twice: Path, validate: Validate) -> None:
    """Clause 2 of A9 fails if it is A1, who took part; and nothing is said of it while nobody has answered."""
    with (twice.parent / "kbo-2567.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["กลุ่มทอผ้าบ้านห้วยแก้ว", "พะเยา", "เมืองพะเยา"])
    [twins] = [one for one in reviewed(twice, validate) if one.where == TWINS]
    assert (twins.stakes.clauses, twins.stakes.changed) == (("2",), ("A9",))
    assert (twins.stakes.same, twins.stakes.different) == ("ineligible", "eligible")


def test_a_remembered_answer_is_used_and_named_in_the_manifest(office: Office, twice: Path, validate: Validate) -> None:
    """What is answered for a definition changes its screening, its manifest, and nothing in its file."""
    file = read_definition(twice)
    before = screen(file, validate)
    tell(office, twice, validate, Given(B2, "same", WHY), Given(TWINS, "different", WHY))
    with office.database.read() as connection:
        answers = remembered_answers(connection, "56")
        log = events(connection, registry_log("56"))
    assert [(e.kind, e.by, e.reason) for e in log] == [("match-answered", "นางเอ", WHY)] * 2
    after = screen(file, validate, answers=answers)
    assert after.ingested.questions == ()
    manifests = [json.loads(s.outputs()["manifest.json"]) for s in (before, after)]
    assert manifests[0]["answers"] != manifests[1]["answers"]
    assert after.outputs() == screen(file, validate, answers=dict(reversed(list(answers.items())))).outputs()
    assert examine(office)[1] == []


def test_next_year_nothing_is_asked_again(office: Office, twice: Path, validate: Validate) -> None:
    """Answers given for a definition and on an opened cycle count in the next cycle."""
    tell(office, twice, validate, Given(B2, "different", WHY))
    opened(office, twice, validate)
    assert verdicts(office)["B2"] == "eligible"
    [twins] = review_cycle(office, CYCLE, validate)
    settle_match(office, CYCLE, validate, where=twins.where, answer="different", at=LATER, by="นางเอ", reason=WHY)
    assert review_cycle(office, CYCLE, validate) == []

    opened(office, next_year(twice), validate)
    assert review_cycle(office, "kbo-next", validate) == []
    assert verdicts(office, "kbo-next")["B2"] == "eligible"
    assert examine(office)[1] == []


def test_a_later_answer_takes_the_place_of_an_earlier_one(office: Office, province: Path, validate: Validate) -> None:
    """The table has the last, the log both."""
    tell(office, province, validate, Given(B2, "same", WHY))
    with pytest.raises(RefusedError) as caught:  # it is no longer open
        tell(office, province, validate, Given(B2, "different", WHY))
    assert [f.code for f in caught.value.findings] == ["near-match-unknown"]
    with office.database.write() as connection:
        question = review_definition(read_definition(province), NO_ANSWERS, validate)[0].question
        remember(connection, question, "different", at=LATER, by="นางบี", reason="ตรวจใหม่")
    with office.database.read() as connection:
        [kept] = match_answers(connection, "56")
        assert (kept.answer, kept.by, kept.reason, kept.at) == ("different", "นางบี", "ตรวจใหม่", LATER)
        assert [e.payload["answer"] for e in events(connection, registry_log("56"))] == ["same", "different"]
    assert examine(office)[1] == []


def test_a_frozen_cycle_keeps_the_answers_it_was_opened_with(office: Office, twice: Path, validate: Validate) -> None:
    """An answer remembered later, for another cycle, changes nothing when the first is decided anew."""
    opened(office, twice, validate)
    tell(office, next_year(twice), validate, Given(B2, "same", WHY))
    with office.database.read() as connection:
        assert frozen_answers(connection, CYCLE) == {}
        assert len(remembered_answers(connection, "56")) == 1
    assert [one.where for one in review_cycle(office, CYCLE, validate)] == [B2, TWINS]
    settle_match(office, CYCLE, validate, where=TWINS, answer="different", at=LATER, by="นางเอ", reason=WHY)
    assert verdicts(office)["B2"] == "unknown"

    opened(office, next_year(twice), validate)
    with office.database.read() as connection:
        frozen = frozen_answers(connection, "kbo-next")
    assert sorted(frozen.values()) == ["different", "same"]
    assert verdicts(office, "kbo-next")["B2"] == "ineligible"


def test_a_participation_counts_for_both_numbers_of_one_group(office: Office, twice: Path, validate: Validate) -> None:
    """Linked, A9 took part because A1 did; nothing is merged: both keep their rows."""
    with (twice.parent / "kbo-2567.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["กลุ่มทอผ้าบ้านห้วยแก้ว", "พะเยา", "เมืองพะเยา"])
    opened(office, twice, validate)
    assert {i: v for i, v in verdicts(office).items() if i in ("A1", "A9")} == {"A1": "ineligible", "A9": "eligible"}
    changed = settle_match(office, CYCLE, validate, where=TWINS, answer="same", at=LATER, by="นางเอ", reason=WHY)
    assert changed == ["A9"]
    assert {i: v for i, v in verdicts(office).items() if i in ("A1", "A9")} == {"A1": "ineligible", "A9": "ineligible"}
    assert examine(office)[1] == []


def test_two_numbers_of_one_group_are_one_in_every_figure(office: Office, twice: Path, validate: Validate) -> None:
    """Both stay eligible and neither is struck out, but the shortage and the forecast count one group."""
    file = read_definition(twice)
    apart = screen(file, validate)
    tell(office, twice, validate, Given(TWINS, "same", WHY))
    with office.database.read() as connection:
        together = screen(file, validate, answers=remembered_answers(connection, "56"))
    assert together.decided.decisions.equals(apart.decided.decisions)
    was, now = apart.decided.shortage, together.decided.shortage
    assert now.districts["5601"].tier_1 == was.districts["5601"].tier_1 - 1
    assert now.province.tier_1 == was.province.tier_1 - 1
    assert now.province.tier_1 == sum(figures.tier_1 for figures in now.districts.values())
    ahead = [
        forecast(
            judge(register, file.definition.rules, file.definition.quota),
            register.districts,
            file.definition.rules,
            file.definition.quota,
            register.linked,
        )["5601"]
        for register in (apart.ingested.register, together.ingested.register)
    ]
    assert [outlook.tier_1 for outlook in ahead] == [was.districts["5601"].tier_1, now.districts["5601"].tier_1]
    assert ahead[1].if_all_fail == ahead[0].if_all_fail - 1


def test_two_numbers_of_one_group_cannot_both_be_picked(office: Office, twice: Path, validate: Validate) -> None:
    """Refused by the checks, and by the database whoever asks."""
    tell(office, twice, validate, Given(TWINS, "same", WHY))
    opened(office, twice, validate)
    with office.database.read() as connection:
        assert linked_identities(connection, CYCLE) == {"A1": "A1", "A9": "A1"}
    with pytest.raises(BlockedError) as caught:
        answer(office, "5601", "A1", "A9", at=LATER)
    assert [f.code for f in caught.value.findings] == ["pick-linked"]
    answer(office, "5601", "A9", "A2", at=LATER)
    assert examine(office)[1] == []
    values = {"cycle_id": CYCLE, "producer_id": "A1", "district_code": "5601", "place": 3, "tier": 1}
    with pytest.raises(IntegrityError), office.database.write() as connection:
        connection.execute(schema.pick.insert().values(**values, identity="A1"))


def test_an_answer_that_makes_two_picks_one_is_refused(office: Office, twice: Path, validate: Validate) -> None:
    """First the district changes its list; of one pick, the link is taken."""
    opened(office, twice, validate)
    answer(office, "5601", "A1", "A9", at=LATER)
    with pytest.raises(BlockedError) as caught:
        settle_match(office, CYCLE, validate, where=TWINS, answer="same", at=LATER, by="นางเอ", reason=WHY)
    assert [(f.code, f.where) for f in caught.value.findings] == [("pick-linked", "A1, A9")]
    with office.database.read() as connection:
        assert match_answers(connection, "56") == []
    receive(office, CYCLE, "5601", form_of(office, "5601", "A9", "A2"), "form.xlsx", at=DUE_AT, via="file")
    settle_match(office, CYCLE, validate, where=TWINS, answer="same", at=DUE_AT, by="นางเอ", reason=WHY)
    with office.database.read() as connection:
        assert [p.producer_id for p in picks(connection, CYCLE)] == ["A9", "A2"]
        assert connection.execute(text("select identity from pick where producer_id = 'A9'")).scalar() == "A1"
    assert examine(office)[1] == []


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ([Given(B2, "same", WHY), Given("KBO 2567: ใครก็ไม่รู้ ~ B2", "same", WHY)], ["near-match-unknown"]),
        ([Given(B2, "same", WHY), Given(B2, "different", WHY)], ["answered-twice"]),
    ],
)
def test_of_many_answers_all_are_taken_or_none(
    office: Office, twice: Path, validate: Validate, given: list[Given], codes: list[str]
) -> None:
    """One that cannot be taken stops them all, for a definition and for an opened cycle."""
    with pytest.raises(RefusedError) as caught:
        tell(office, twice, validate, *given)
    assert [f.code for f in caught.value.findings] == codes
    opened(office, twice, validate)
    with pytest.raises(RefusedError) as caught:
        settle_matches(office, CYCLE, validate, given, at=LATER, by="นางเอ")
    assert [f.code for f in caught.value.findings] == codes
    with office.database.read() as connection:
        assert match_answers(connection, "56") == []
        assert get_cycle(connection, CYCLE).revision == 1
    settle_matches(office, CYCLE, validate, [Given(B2, "same", WHY), Given(TWINS, "same", WHY)], at=LATER, by="นางเอ")
    with office.database.read() as connection:
        assert len(match_answers(connection, "56")) == 2
        assert get_cycle(connection, CYCLE).revision == 2


def test_one_name_cannot_be_two_producers(office: Office, province: Path, validate: Validate) -> None:
    """Two answers that give one name away twice are refused together."""
    with (province.parent / "producers.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["C9", "กลุ่มเครื่องเงินบ้านป่าสักข", GROUP, "พะเยา", "ปง", "", ""])
    near = [one.where for one in reviewed(province, validate)]
    assert len(near) == 2
    with pytest.raises(RefusedError) as caught:
        tell(office, province, validate, *[Given(where, "same", WHY) for where in near])
    assert {f.code for f in caught.value.findings} == {"answers-contradict"}


def test_a_name_that_no_index_takes_is_refused(office: Office, province: Path, validate: Validate) -> None:
    """A sentence in the name's place, near to another sentence: a word to the operator, not a fault of the database."""
    long = "กลุ่ม" + "".join(f"ทอผ้าแบบที่{'กขคงจฉชซ'[n % 8]}" for n in range(60))
    with (province.parent / "producers.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["C9", long, GROUP, "พะเยา", "ปง", "", ""])
    with (province.parent / "kbo-2567.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow([long + "ก", "พะเยา", "ปง"])
    [where] = [one.where for one in reviewed(province, validate) if one.where.endswith("C9")]
    with pytest.raises(RefusedError) as caught:
        tell(office, province, validate, Given(where, "same", WHY))
    assert [f.code for f in caught.value.findings] == ["name-too-long"]


def test_the_registrys_own_log_is_examined(office: Office, province: Path, validate: Validate) -> None:
    """A changed answer breaks the chain; a changed table differs from the log."""
    tell(office, province, validate, Given(B2, "same", WHY))
    assert examine(office)[1] == []
    with office.database.write() as connection:
        connection.execute(text("update match_answer set answer = 'different'"))
    assert [(f.code, f.where) for f in examine(office)[1]] == [("state-differs", "registry:56: match_answer")]
    with office.database.write() as connection:
        connection.execute(text("update match_answer set answer = 'same'"))
        connection.execute(text("update event set reason = 'ไม่มีเหตุผล'"))
    assert [(f.code, f.where) for f in examine(office)[1]] == [("chain-broken", "registry:56: event 1")]


def test_a_dry_run_makes_no_database(tmp_path: Path, bare_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none, or an empty one, nothing is remembered and nothing is made."""
    monkeypatch.setenv("KBO_DATABASE_URL", bare_database_url)
    assert answers_at_home(tmp_path / "home", "56") == {}
    assert not (tmp_path / "home").exists()
    assert not (tmp_path / "kbo.sqlite3").exists()


def test_a_dry_run_reads_what_is_remembered(
    office: Office, province: Path, validate: Validate, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same answers as an opening sees."""
    tell(office, province, validate, Given(B2, "same", WHY))
    monkeypatch.setenv("KBO_DATABASE_URL", database_url)
    [(about, said)] = answers_at_home(office.home, "56").items()
    assert (about.subject, about.producer_id, said) == ("กลุ่มเครื่องเงินบ้านป่าสักก", "B2", "same")
    assert answers_at_home(office.home, "57") == {}


def test_a_cycle_opened_before_answers_were_kept_has_none(
    office: Office, province: Path, validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its opening names no answers, and is decided anew without any."""
    opened(office, province, validate)
    with office.database.read() as connection:
        first = events(connection, CYCLE)[0]
        assert load_blob(connection, first.payload["answers"]) == b"[]\n"
        older = replace(first, payload={name: value for name, value in first.payload.items() if name != "answers"})
        monkeypatch.setattr("kbo_core.office.remembering.events", lambda *_: [older])
        assert frozen_answers(connection, CYCLE) == {}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"where,answer\nx,same\n", "answers-columns"),
        (b"where,answer,reason\n", "answers-columns"),
        (b"where,answer,reason\nx,perhaps,r\n", "answer-unusable"),
        (b"where,answer,reason\nx,same,\n", "answer-unusable"),
        (b"where,answer,reason\nx,same", "answer-unusable"),
        ("where,answer,reason\nชื่อ,same,r\n".encode("cp874"), "answers-unreadable"),
    ],
)
def test_a_file_of_answers_that_cannot_be_used_is_refused(content: bytes, code: str) -> None:
    """With what is wrong, row by row."""
    with pytest.raises(RefusedError) as caught:
        read_given(content, "answers.csv")
    assert [f.code for f in caught.value.findings] == [code]


def test_a_file_of_answers_as_a_spreadsheet_saves_it() -> None:
    """With a mark at its head, further columns and blanks."""
    content = "\ufeffwhere,similarity,answer,reason\r\nduplicate: A ~ B,98, same ,โทรถาม\r\n".encode()
    assert read_given(content, "a.csv") == [Given("duplicate: A ~ B", "same", "โทรถาม")]
