"""CKAN portals: a dataset's page, ``package_show`` or ``datastore_search`` → the bytes of one table."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from kbo_core.domain.findings import BlockedError, RefusedError, blocked, refused
from kbo_core.registry.addresses import shown, without_user
from kbo_core.registry.copies import Copies
from kbo_core.registry.download import BY_HAND_EN, BY_HAND_TH, Visit, download, require_no_page

_PAGE_ROWS = 10_000  # asked for; a portal gives as many as it likes, 100 or 32,000 at most by its own setting
_STARTS = 3
_ROW_ID = "_id"
_PAGED_BY_US = ("limit", "offset", "sort", "records_format", "include_total", "total_estimation_threshold")
_FORMATS = ("csv", "xlsx", "xls", "ods")
_PAGE = re.compile(
    r"(?P<root>(?:/[^/]+)*?)/dataset/(?P<name>[a-z0-9_-]{2,100})(?:/resource/(?P<resource>[a-z0-9-]+)(?:/view/[^/]+)?)?/?",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"/[a-z]{2}(?:[_-][a-z]{2,4})?(?=/|$)", re.IGNORECASE)
_WHOLE_FRACTION = re.compile(r"(-?[0-9]+)\.0+")


@dataclass(frozen=True)
class Dataset:
    """A dataset of a portal, or one file of it; ``page`` is its page for people where that is known."""

    package_show: httpx.URL
    page: httpx.URL | None = None
    resource: str | None = None

    def datastore_of(self, resource: str) -> "Datastore":
        url = _sibling(self.package_show, "datastore_search")
        return Datastore(url.copy_with(params={"resource_id": resource}))


@dataclass(frozen=True)
class Datastore:
    """The rows of one file as the portal's own table."""

    datastore_search: httpx.URL

    def rows_from(self, offset: int, limit: int) -> httpx.URL:
        """The address of some of the rows, by ascending row number: without an order pages may overlap."""
        params = self.datastore_search.params
        for name in _PAGED_BY_US:
            params = params.remove(name)
        fields = params.get("fields")
        if fields and _ROW_ID not in fields.split(","):
            params = params.set("fields", f"{fields},{_ROW_ID}")
        params = params.set("sort", _ROW_ID).set("limit", str(limit)).set("offset", str(offset))
        return self.datastore_search.copy_with(params=params)


def parse_ckan(url: httpx.URL) -> Dataset | Datastore | None:
    """What an address names on a CKAN portal; None for any other address, to be downloaded as it stands."""
    verb = url.path.rpartition("/")[2]
    if verb == "package_show":
        return Dataset(url)
    if verb == "datastore_search":
        return Datastore(url)
    page = _PAGE.fullmatch(url.path)
    if page is None:
        return None
    root = _LANGUAGE.sub("", page["root"])
    call = url.copy_with(path=f"{root}/api/3/action/package_show", params={"id": page["name"]})
    people = url.copy_with(path=f"{page['root']}/dataset/{page['name']}", query=None)
    return Dataset(call, people, page["resource"])


def fetch_ckan(visit: Visit, asked: Dataset | Datastore, copies: Copies | None) -> bytes:
    """The table that a portal's address names: the file itself, else its rows as CSV.

    Raises RefusedError; BlockedError when a dataset has several tables and a person must choose.
    """
    if isinstance(asked, Datastore):
        return _table(visit, asked)
    package = _result(visit, asked.package_show)
    resource = _chosen(visit, asked, package)
    try:
        return download(visit, _file_address(visit, asked, resource), copies)
    except RefusedError:
        if resource.get("datastore_active") is not True:
            raise
        return _table(visit, asked.datastore_of(_text(resource.get("id"))))


def _chosen(visit: Visit, asked: Dataset, package: Mapping[str, Any]) -> Mapping[str, Any]:
    resources = package.get("resources")
    listed = [one for one in resources if isinstance(one, dict)] if isinstance(resources, list) else []
    if asked.resource:
        chosen = [one for one in listed if _text(one.get("id")).lower() == asked.resource.lower()]
        wanted = f" {asked.resource}"
    else:
        chosen = [one for one in listed if _is_table(one)]
        wanted = ""
    if len(chosen) == 1:
        return chosen[0]
    if not listed or not (chosen or asked.resource):
        raise visit.not_a_table(f"ชุดข้อมูลที่ไม่มีแฟ้มตาราง ({', '.join(_FORMATS)})", "a dataset without any table")
    raise _unclear(visit, asked, wanted, chosen or listed)


def _unclear(visit: Visit, asked: Dataset, wanted: str, among: Sequence[Mapping[str, Any]]) -> BlockedError:
    choices = "; ".join(f"{_name(one)} ({_text(one.get('id'))}): {_address_of(asked, one)}" for one in among)
    what_th, what_en = (f"ไม่มีแฟ้ม{wanted}", f"no file{wanted}") if wanted else ("มีแฟ้มตารางหลายแฟ้ม", "several tables")
    return blocked(
        "resource-unclear",
        visit.where,
        f"ชุดข้อมูลนี้{what_th} เลือกแฟ้มที่ต้องการแล้วใส่ที่อยู่ของแฟ้มนั้นเป็น path แฟ้มที่มี: {choices}",
        f"{what_en} in this dataset: give the address of one as path: {choices}",
    )


def _is_table(resource: Mapping[str, Any]) -> bool:
    named = set(re.split(r"[^a-z]+", _text(resource.get("format")).lower()))
    path = _text(resource.get("url")).partition("?")[0].lower()
    return not named.isdisjoint(_FORMATS) or path.endswith(tuple(f".{name}" for name in _FORMATS))


def _name(resource: Mapping[str, Any]) -> str:
    name = resource.get("name")
    if isinstance(name, dict):  # a portal in several languages
        name = name.get("th") or next(iter(name.values()), "")
    return _brief(_text(name)) or "-"


def _address_of(asked: Dataset, resource: Mapping[str, Any]) -> str:
    if asked.page is not None:
        return f"{asked.page}/resource/{_text(resource.get('id'))}"
    return shown(_text(resource.get("url")))


def _file_address(visit: Visit, asked: Dataset, resource: Mapping[str, Any]) -> httpx.URL:
    try:
        url = without_user(asked.package_show.join(_text(resource.get("url"))))
    except (httpx.InvalidURL, UnicodeError):
        raise visit.not_had("ที่อยู่ของแฟ้มในชุดข้อมูลเขียนไม่ถูกต้อง", "the file's own address is malformed") from None
    if url.scheme not in {"http", "https"} or (asked.package_show.scheme, url.scheme) == ("https", "http"):
        unsafe = shown(str(url))
        raise visit.not_had(f"แฟ้มอยู่ที่ที่อยู่ซึ่งไม่ปลอดภัย: {unsafe}", f"the file is at an unsafe address: {unsafe}")
    return url


class ChangedError(Exception):
    """The rows are no longer those of the page before."""


@dataclass(frozen=True)
class _Page:
    fields: tuple[str, ...]
    total: int
    records: Sequence[Mapping[str, Any]]

    @property
    def row_ids(self) -> list[str]:
        return [_text(record[_ROW_ID]) for record in self.records if _ROW_ID in record]


def _table(visit: Visit, datastore: Datastore) -> bytes:
    """All rows as CSV; from the beginning again when the portal's table changes under the reading."""
    for start in range(_STARTS):
        if start:
            visit.pause()
        try:
            pages = list(_pages(visit, datastore))
        except ChangedError:
            continue
        return _csv(pages[0].fields, [record for page in pages for record in page.records])
    raise refused(
        "portal-changed",
        visit.where,
        f"ข้อมูลบนเว็บไซต์ต้นทางเปลี่ยนระหว่างอ่านทุกครั้ง ({_STARTS} ครั้ง) จึงไม่ได้ชุดที่ครบและตรงกัน ลองใหม่ภายหลัง หรือ{BY_HAND_TH}",
        f"the portal's rows changed while being read, {_STARTS} times: try again later, or {BY_HAND_EN}",
    )


def _pages(visit: Visit, datastore: Datastore) -> Iterator[_Page]:
    """The pages of one reading, as long as the portal makes them. Raises ChangedError."""
    last = _page(visit, datastore, 0, _PAGE_ROWS)
    yield last
    had, seen = len(last.records), set(last.row_ids)
    _require(len(seen) == len(last.row_ids))
    while had < last.total:
        page = _page(visit, datastore, had, _PAGE_ROWS)
        _require((page.fields, page.total) == (last.fields, last.total))
        _require(page.records != last.records)
        if last.row_ids and page.row_ids and not _follows(last.row_ids[-1], page.row_ids[0]):
            # A gap is lawful where rows were once deleted; not when the row before the gap has moved.
            before = _page(visit, datastore, had - 1, 1)
            _require(before.row_ids[:1] == last.row_ids[-1:])
        had += len(page.records)
        seen.update(page.row_ids)
        _require(len(seen) in {0, had})
        yield page
        last = page
    _require(had == last.total)


def _page(visit: Visit, datastore: Datastore, offset: int, limit: int) -> _Page:
    result = _result(visit, datastore.rows_from(offset, limit))
    fields, records = result.get("fields"), result.get("records")
    if not (isinstance(fields, list) and isinstance(records, list)):
        raise _not_ckan(visit)
    if not all(isinstance(part, dict) for part in (*fields, *records)):
        raise _not_ckan(visit)
    names = tuple(_text(field.get("id")) for field in fields)
    total = _text(result.get("total"))
    if not total.isdecimal() or not set(names) - {_ROW_ID}:
        raise _not_ckan(visit)
    return _Page(names, int(total), records)


def _require(is_unchanged: bool) -> None:
    if not is_unchanged:
        raise ChangedError


def _follows(row_id: str, next_id: str) -> bool:
    return row_id.isdecimal() and next_id.isdecimal() and int(next_id) == int(row_id) + 1


def _csv(fields: Sequence[str], records: Sequence[Mapping[str, Any]]) -> bytes:
    names = [name for name in fields if name != _ROW_ID]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_text(record.get(name)) for name in names] for record in records)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _result(visit: Visit, url: httpx.URL) -> Mapping[str, Any]:
    """What the portal says to a call. Raises RefusedError with its own words when it says no."""
    answer = visit.get(url, explain=_explained)
    require_no_page(visit, answer)
    said = _parsed(answer.content)
    if not isinstance(said, dict):
        raise _not_ckan(visit)
    if said.get("success") is not True:
        words = visit.without_key(_explained(answer.content)) or "success: false"
        raise visit.not_had(f"เว็บไซต์แจ้งว่า: {words}", words)
    if not isinstance(said.get("result"), dict):
        raise _not_ckan(visit)
    return dict(said["result"])


def _parsed(content: bytes) -> Any:
    """JSON with its numbers as they are written; None when it is none."""
    try:
        return json.loads(content, parse_int=str, parse_float=_number, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _number(literal: str) -> str:
    whole = _WHOLE_FRACTION.fullmatch(literal)
    return whole[1] if whole else literal


def _explained(content: bytes) -> str:
    """The portal's own reason in an answer that says no; "" when it gives none."""
    said = _parsed(content)
    error = said.get("error") if isinstance(said, dict) else None
    if not isinstance(error, dict):
        return _brief(_text(error))
    told = {name: words for name, words in error.items() if name != "__type"}
    return _brief(_text(told.get("message")) or "; ".join(f"{name}: {_text(words)}" for name, words in told.items()))


def _not_ckan(visit: Visit) -> RefusedError:
    return visit.not_had("คำตอบของเว็บไซต์ต้นทางไม่ใช่รูปแบบ CKAN", "the answer is not one of CKAN's")


def _sibling(url: httpx.URL, verb: str) -> httpx.URL:
    return url.copy_with(path=f"{url.path.rpartition('/')[0]}/{verb}")


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _brief(words: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in words).strip()[:200]
