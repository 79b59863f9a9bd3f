"""A CKAN portal's dataset, package or rows become one table: whole, the same each time, or refused."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kbo_core.domain.findings import BlockedError, Finding, KboError
from kbo_core.registry.download import Patience
from kbo_core.registry.sources import fetch_source
from tests.registry.websites import Portal, Records, Reply, Request, Website, numbered, saying

QUICK = Patience(sleep=lambda wait: None)
FIELDS = ["name", "stars"]
TABLE = "producer_name,province\r\nกลุ่มทอผ้า,พะเยา\r\n".encode()


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A portal with 250 rows in table r1, which gives 100 rows a page at most."""
    with Portal().open() as portal:
        portal.cap = 100
        portal.tables["r1"] = (FIELDS, numbered(250))
        yield portal


def fetched(address: str) -> bytes:
    return fetch_source(address, Path("/nowhere"), patience=QUICK).content


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def as_text(records: Records) -> list[list[str]]:
    return [FIELDS, *([str(record[name]) for name in FIELDS] for record in records)]


def finding_of(address: str, kind: type[KboError] = KboError) -> Finding:
    with pytest.raises(kind) as caught:
        fetched(address)
    (finding,) = caught.value.findings
    return finding


def resource(name: str, url: str, kind: str = "CSV", **more: Any) -> dict[str, Any]:
    return {"id": f"id-{name}", "name": f"แฟ้ม {name}", "url": url, "format": kind, **more}


# Rows, page by page


@pytest.mark.parametrize("prefix", ["/api/3/action", "/get-ckan", "", "/opendata/api/action"])
@pytest.mark.parametrize("cap", [1000, 250, 249, 100, 7])
def test_all_rows_are_had_whatever_a_page_holds(portal: Portal, cap: int, prefix: str) -> None:
    """A portal decides how long its pages are; a gateway where its calls are."""
    portal.cap, portal.prefix = cap, prefix
    content = fetched(portal.call("datastore_search", resource_id="r1"))
    assert rows(content) == as_text(numbered(250))
    assert portal.pages == -(-250 // cap)


def test_a_limit_copied_from_a_portals_example_does_not_cut_the_table(portal: Portal) -> None:
    """Portals show ``limit=5`` in their examples; the order is asked for, lest pages overlap."""
    address = portal.call("datastore_search", resource_id="r1", limit="5", offset="3", sort="name", q="x")
    assert rows(fetched(address)) == as_text(numbered(250))
    assert {request.query["sort"] for request in portal.requests} == {"_id"}
    assert {request.query["q"] for request in portal.requests} == {"x"}


def test_chosen_fields_still_come_with_their_row_number(portal: Portal) -> None:
    """It is needed to see that nothing is skipped, and is no column of the table."""
    fetched(portal.call("datastore_search", resource_id="r1", fields="name,stars"))
    assert portal.requests[0].query["fields"] == "name,stars,_id"


def test_values_are_text_as_they_were_sent(portal: Portal) -> None:
    """No number gets a decimal point, an exponent or fewer digits; null is empty."""
    records = b'{"_id": 1, "v": 812345678901234567890, "b c": 3.0}, {"_id": 2, "v": null, "b c": 1.50}'
    body = (
        b'{"success": true, "result": {"total": 2, "fields": [{"id":"_id"},{"id":"v"},{"id":"b c"}], "records": [%s]}}'
    )
    portal.answers["/api/3/action/datastore_search"] = Reply(body % records, headers={"content-type": "text/plain"})
    content = fetched(portal.call("datastore_search", resource_id="r1"))
    assert content == b"v,b c\r\n812345678901234567890,3\r\n,1.50\r\n"


def test_texts_keep_their_zeros_commas_and_lines(portal: Portal) -> None:
    """What stood in quotes is not a number; true and false are words."""
    portal.tables["r1"] = (FIELDS, [{"_id": 1, "name": '081,"2"\nก', "stars": "3.0"}, {"_id": 2, "name": True}])
    content = fetched(portal.call("datastore_search", resource_id="r1"))
    assert content == 'name,stars\r\n"081,""2""\nก",3.0\r\ntrue,\r\n'.encode()


def test_the_same_rows_give_the_same_bytes(portal: Portal) -> None:
    """However the portal pages them."""
    address = portal.call("datastore_search", resource_id="r1")
    first = fetched(address)
    portal.cap = 13
    assert fetched(address) == first


def test_a_table_without_rows_has_its_headings(portal: Portal) -> None:
    """Whether that is enough, others decide."""
    portal.tables["r1"] = (FIELDS, [])
    assert fetched(portal.call("datastore_search", resource_id="r1")) == b"name,stars\r\n"


def test_rows_once_deleted_leave_lawful_gaps(portal: Portal) -> None:
    """Numbers 50 and 102 are gone for good: a gap within a page, a gap between two."""
    left = [record for record in numbered(250) if record["_id"] not in {50, 102}]
    portal.tables["r1"] = (FIELDS, left)
    assert rows(fetched(portal.call("datastore_search", resource_id="r1"))) == as_text(left)


def test_a_page_that_fails_is_asked_for_again(portal: Portal) -> None:
    """The rows before it are kept."""
    whole = portal.call("datastore_search", resource_id="r1")
    search, failures = portal.reply, [Reply(b"", 500), Reply(b"[", cut_after=0, length=5)]

    def failing(request: Request) -> Reply:
        return failures.pop() if failures and request.query.get("offset") == "100" else search(request)

    portal.reply = failing  # type: ignore[method-assign] # a portal on a bad day
    assert rows(fetched(whole)) == as_text(numbered(250))


def add_row(portal: Portal) -> None:
    portal.tables["r1"][1].append({"_id": 900 + portal.pages, "name": "กลุ่มใหม่", "stars": "1"})


def remove_row(portal: Portal) -> None:
    del portal.tables["r1"][1][0]


def exchange_row(portal: Portal) -> None:
    """The number of rows stays, and yet one row slips past the reader."""
    remove_row(portal)
    add_row(portal)


def insert_row(portal: Portal) -> None:
    """A row moves to the next page and would be read twice; the number of rows stays."""
    rows = portal.tables["r1"][1]
    rows.insert(0, {"_id": -portal.pages, "name": "กลุ่มแทรก", "stars": "1"})
    rows.pop()


def rename_field(portal: Portal) -> None:
    portal.tables["r1"] = ([*FIELDS[:-1], f"stars {portal.pages}"], portal.tables["r1"][1])


CHANGES = [add_row, remove_row, exchange_row, insert_row]


@pytest.mark.parametrize("change", CHANGES)
def test_a_table_that_changes_once_is_read_anew(portal: Portal, change: Any) -> None:
    """What is had in the end is the table after the change, whole."""
    portal.before = lambda page: change(portal) if page == 1 else None
    content = fetched(portal.call("datastore_search", resource_id="r1"))
    assert rows(content) == as_text(portal.tables["r1"][1])


@pytest.mark.parametrize("change", [*CHANGES, rename_field])
def test_a_table_that_never_stays_is_refused(portal: Portal, change: Any) -> None:
    """Three readings, then a person."""
    portal.before = lambda page: change(portal) if page else None
    finding = finding_of(portal.call("datastore_search", resource_id="r1"))
    assert finding.code == "portal-changed"
    assert "เปลี่ยนระหว่างอ่าน" in finding.message_th
    assert "แล้วแก้ path เป็นชื่อแฟ้มนั้น" in finding.message_th


@pytest.mark.parametrize("has_ids", [True, False])
def test_a_portal_that_gives_the_same_page_again_is_refused(portal: Portal, has_ids: bool) -> None:
    """It does not heed the offset; seen by the row numbers, or by the rows where there are none."""
    page = numbered(100)
    for record in page if not has_ids else []:
        del record["_id"]
    fields = [{"id": name} for name in FIELDS]
    result = {"total": 200, "fields": fields, "records": page}
    portal.answers["/api/3/action/datastore_search"] = saying({"success": True, "result": result})
    assert finding_of(portal.call("datastore_search", resource_id="r1")).code == "portal-changed"


@pytest.mark.parametrize("had", [0, 3, 5])
def test_another_number_of_rows_than_told_is_refused(portal: Portal, had: int) -> None:
    """None where four were told, then no more; or one too many."""
    fields = [{"id": "_id"}, *({"id": name} for name in FIELDS)]

    def answer(request: Request) -> Reply:
        page = numbered(had)[int(request.query["offset"]) :]
        return saying({"success": True, "result": {"total": 4, "fields": fields, "records": page}})

    portal.answers["/api/3/action/datastore_search"] = answer
    assert finding_of(portal.call("datastore_search", resource_id="r1")).code == "portal-changed"


def test_one_row_twice_on_a_page_is_refused(portal: Portal) -> None:
    """The same row number cannot be two rows."""
    portal.tables["r1"] = (FIELDS, [*numbered(3), numbered(3)[1]])
    assert finding_of(portal.call("datastore_search", resource_id="r1")).code == "portal-changed"


# What a portal may say instead


@pytest.mark.parametrize("status", [200, 404, 409])
def test_a_portals_own_words_are_passed_on(portal: Portal, status: int) -> None:
    """Whatever the status that they come with."""
    said = {"success": False, "error": {"__type": "Not Found Error", "message": "ไม่พบ resource นี้\n"}}
    portal.answers["/api/3/action/datastore_search"] = saying(said, status)
    finding = finding_of(portal.call("datastore_search", resource_id="r1"))
    assert finding.code == "download-failed"
    assert "เว็บไซต์แจ้งว่า: ไม่พบ resource นี้" in finding.message_th


def test_a_portals_complaint_about_one_value_is_passed_on(portal: Portal) -> None:
    """It is written by name."""
    said = {"success": False, "error": {"__type": "Validation Error", "resource_id": ["Missing value"]}}
    portal.answers["/api/3/action/datastore_search"] = saying(said, 409)
    assert 'resource_id: ["Missing value"]' in finding_of(portal.call("datastore_search")).message_th


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"not json",
        b"[" * 100_000,
        b'{"success": true}',
        b'{"success": true, "result": []}',
        b'{"success": true, "result": {"records": [], "fields": []}}',
        b'{"success": true, "result": {"records": [1], "fields": [{"id": "a"}], "total": 1}}',
        b'{"success": true, "result": {"records": [], "fields": [{"id": "a"}], "total": "many"}}',
    ],
)
def test_an_answer_in_another_shape_is_refused(portal: Portal, body: bytes) -> None:
    """Explained, never a crash."""
    portal.answers["/api/3/action/datastore_search"] = Reply(body, headers={"content-type": "application/json"})
    assert finding_of(portal.call("datastore_search", resource_id="r1")).code == "download-failed"


def test_a_log_in_page_in_place_of_an_answer_is_refused(portal: Portal) -> None:
    """With status 200, as gateways do."""
    portal.answers["/api/3/action/datastore_search"] = Reply(b"<html>login", headers={"content-type": "text/html"})
    assert finding_of(portal.call("datastore_search", resource_id="r1")).code == "not-a-table"


# A dataset and its files


@pytest.mark.parametrize("page", ["/dataset/otop", "/th/dataset/otop", "/dataset/otop/", "/zh_CN/dataset/otop?x=1#top"])
def test_a_datasets_page_stands_for_its_only_table(portal: Portal, page: str) -> None:
    """In whatever language the officer read it."""
    portal.answers["/files/t.csv"] = Reply(TABLE, headers={"content-type": "text/csv"})
    portal.packages["otop"] = [
        resource("a", f"{portal.address}/files/t.csv"),
        resource("b", f"{portal.address}/files/manual.pdf", "PDF"),
    ]
    assert fetched(f"{portal.address}{page}") == TABLE


@pytest.mark.parametrize("kind", ["csv", ".XLSX", "text/csv", "Excel (xls)", "ods", ""])
def test_a_table_is_known_by_its_format_or_its_name(portal: Portal, kind: str) -> None:
    """Portals write it in many ways."""
    portal.answers["/files/t.csv"] = Reply(TABLE, headers={"content-type": "text/csv"})
    portal.answers["/files/t"] = portal.answers["/files/t.csv"]
    file = f"{portal.address}/files/{'t' if kind else 't.csv'}"
    portal.packages["otop"] = [resource("a", file, kind), resource("b", "http://127.0.0.1:1/x", "PDF")]
    assert fetched(portal.call("package_show", id="otop")) == TABLE


def test_which_of_several_tables_is_for_a_person_to_say(portal: Portal) -> None:
    """Each is named with the address that chooses it, and that address works."""
    portal.answers["/files/b.csv"] = Reply(TABLE, headers={"content-type": "text/csv"})
    portal.packages["otop"] = [resource(name, f"{portal.address}/files/{name}.csv") for name in "ab"]
    finding = finding_of(f"{portal.address}/th/dataset/otop", BlockedError)
    address = f"{portal.address}/th/dataset/otop/resource/id-b"
    assert finding.code == "resource-unclear"
    assert f"แฟ้ม b (id-b): {address}" in finding.message_th
    assert "path" in finding.message_th
    assert fetched(address) == TABLE
    called = finding_of(portal.call("package_show", id="otop"), BlockedError)
    assert f"แฟ้ม b (id-b): {portal.address}/files/b.csv" in called.message_th


def test_a_file_that_the_dataset_does_not_have_is_asked_about(portal: Portal) -> None:
    """Those that it has are listed."""
    portal.packages["otop"] = [resource("a", f"{portal.address}/files/a.csv")]
    finding = finding_of(f"{portal.address}/dataset/otop/resource/id-z", BlockedError)
    assert finding.code == "resource-unclear"
    assert "id-z" in finding.message_th
    assert "id-a" in finding.message_th


@pytest.mark.parametrize("resources", [[], [resource("a", "http://127.0.0.1:1/x.pdf", "PDF")]])
def test_a_dataset_without_a_table_is_refused(portal: Portal, resources: list[dict[str, Any]]) -> None:
    """Nothing is guessed."""
    portal.packages["otop"] = resources
    assert finding_of(f"{portal.address}/dataset/otop").code == "not-a-table"


def test_a_dataset_that_is_not_there_is_told_in_the_portals_words(portal: Portal) -> None:
    """Mistyped, or withdrawn."""
    finding = finding_of(f"{portal.address}/dataset/otop")
    assert (finding.code, finding.where) == ("download-failed", f"{portal.address}/dataset/otop")
    assert "Not found" in finding.message_th


@pytest.mark.parametrize("fault", [Reply(b"", 403), Reply(b"<html>", headers={"content-type": "text/html"})])
def test_rows_stand_in_for_a_file_that_is_not_had(portal: Portal, fault: Reply) -> None:
    """Where the portal keeps them; else the file's own trouble is told."""
    portal.answers["/files/t.csv"] = fault
    file = f"{portal.address}/files/t.csv"
    portal.tables["id-a"] = (FIELDS, numbered(3))
    portal.packages["otop"] = [resource("a", file, datastore_active=True)]
    assert rows(fetched(f"{portal.address}/dataset/otop")) == as_text(numbered(3))
    portal.packages["otop"] = [resource("a", file, datastore_active=False)]
    assert finding_of(f"{portal.address}/dataset/otop").code in {"portal-refused", "not-a-table"}


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x.csv", "http://[/x.csv", "javascript:alert(1).csv"])
def test_a_files_address_that_cannot_be_used_is_told(portal: Portal, url: str) -> None:
    """A portal takes whatever its people type."""
    portal.packages["otop"] = [resource("a", url)]
    assert finding_of(f"{portal.address}/dataset/otop").code == "download-failed"


def test_a_folder_named_dataset_is_not_a_portal(portal: Portal) -> None:
    """A file's name has an ending; a dataset's has none."""
    portal.answers["/dataset/otop.csv"] = Reply(TABLE, headers={"content-type": "text/csv"})
    assert fetched(f"{portal.address}/dataset/otop.csv") == TABLE


# The gateway's key


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The office's key for the gateway."""
    monkeypatch.setenv("KBO_CKAN_API_KEY", "hunter2")
    return "hunter2"


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KBO_CKAN_API_KEY", raising=False)


def test_the_key_goes_with_every_call(portal: Portal, key: str) -> None:
    """To the address's own website."""
    fetched(portal.call("datastore_search", resource_id="r1"))
    assert [request.headers.get("api-key") for request in portal.requests] == [key] * 3


def test_without_a_key_none_is_sent(portal: Portal) -> None:
    """An open portal wants none."""
    fetched(portal.call("datastore_search", resource_id="r1"))
    assert {request.headers.get("api-key") for request in portal.requests} == {None}


def test_the_key_does_not_go_to_another_website(portal: Portal, key: str) -> None:
    """Neither by a redirection nor with a file that lies elsewhere; and it comes back with the way back."""
    with Website().open() as other:
        other.answers["/files/t.csv"] = Reply(TABLE, headers={"content-type": "text/csv"})
        other.answers["/away"] = Reply(b"", 302, {"location": f"{portal.address}/files/t.csv"})
        portal.answers["/files/t.csv"] = Reply(TABLE, headers={"content-type": "text/csv"})
        portal.answers["/moved"] = Reply(b"", 302, {"location": f"{other.address}/away"})
        portal.packages["far"] = [resource("a", f"{other.address}/files/t.csv")]
        portal.packages["moved"] = [resource("a", f"{portal.address}/moved", "CSV")]
        assert fetched(portal.call("package_show", id="far")) == TABLE
        assert fetched(portal.call("package_show", id="moved")) == TABLE
        assert [request.headers.get("api-key") for request in other.requests] == [None, None]
    assert {request.headers.get("api-key") for request in portal.requests} == {key}


@pytest.mark.parametrize("status", [200, 401, 403, 404, 500])
def test_the_key_is_in_no_message(portal: Portal, key: str, status: int, caplog: pytest.LogCaptureFixture) -> None:
    """Not even when the portal says it back."""
    caplog.set_level("DEBUG")
    portal.answers["/api/3/action/datastore_search"] = saying(
        {"success": False, "error": {"message": f"api-key {key} is not known"}}, status
    )
    finding = finding_of(portal.call("datastore_search", resource_id="r1"))
    assert finding.code == ("portal-refused" if status in {401, 403} else "download-failed")
    assert key not in json.dumps(finding.as_row())
    assert key not in caplog.text


def test_a_gateway_that_wants_a_key_is_told_apart(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where to put one; or to check the one there is."""
    portal.answers["/api/3/action/datastore_search"] = Reply(b"", 401)
    address = portal.call("datastore_search", resource_id="r1")
    assert "ให้ตั้งค่า KBO_CKAN_API_KEY" in finding_of(address).message_th
    monkeypatch.setenv("KBO_CKAN_API_KEY", "old")
    assert "ตรวจ api-key ใน KBO_CKAN_API_KEY" in finding_of(address).message_th


@pytest.mark.parametrize("wrong", ["กุญแจ", "a\nb"])
def test_a_key_that_is_none_is_refused(portal: Portal, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    """Pasted with something else; it is not repeated."""
    monkeypatch.setenv("KBO_CKAN_API_KEY", wrong)
    finding = finding_of(portal.call("datastore_search", resource_id="r1"))
    assert finding.code == "api-key-unusable"
    assert wrong not in str(finding)
