"""A browser without JavaScript, and what tests say with it."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kbo_core.office.links import token_of
from kbo_core.office.office import Office
from kbo_core.store.desks import links

HERE = "https://portal.test"


@dataclass
class Form:
    """A form of a page as a browser would send it."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    """The forms of a page, with what stands in their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(told["action"]))
        elif not self.forms or ("name" not in told and tag != "option"):
            return
        elif tag == "input":
            if told.get("type") in ("checkbox", "radio") and "checked" not in told:
                return
            if told.get("type") != "file":
                self.forms[-1].fields.append((told["name"], told.get("value", "")))
        elif tag == "button":
            self.forms[-1].buttons.append((told["name"], told["value"]))
        elif tag == "textarea":
            self._textarea = told["name"]
        elif tag == "select":
            self._select = told["name"]
        elif tag == "option" and self._select and "selected" in told:
            self.forms[-1].fields.append((self._select, told["value"]))

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1].fields.append((self._textarea, data))
            self._textarea = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None


class Browser:
    """Goes where a person would: by links and by the forms that a page has."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.client = TestClient(app, base_url=HERE, raise_server_exceptions=False)
        self.page: httpx.Response = httpx.Response(204)

    def get(self, address: str) -> "Browser":
        self.page = self.client.get(address)
        return self

    @property
    def status(self) -> int:
        return self.page.status_code

    @property
    def address(self) -> str:
        return self.page.url.path

    @property
    def words(self) -> str:
        """What is to be read on the page."""
        body = re.sub(r"(?s)<(script|style).*?</\1>", " ", self.page.text)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))

    def form(self, action: str) -> Form:
        forms = _Forms()
        forms.feed(self.page.text)
        return next(form for form in forms.forms if form.action == action)

    def send(
        self,
        action: str,
        told: Mapping[str, str | list[str]] | None = None,
        *,
        press: str = "",
        origin: str | None = HERE,
        leave_out: tuple[str, ...] = (),
        files: Any = None,
        **filled: str | list[str],
    ) -> "Browser":
        """Fill a form of the page and press a button; ``leave_out`` names fields that a forger would not have."""
        form = self.form(action)
        data: dict[str, list[str]] = {}
        for name, value in form.fields:
            if name not in leave_out:
                data.setdefault(name, []).append(value)
        more = {**(told or {}), **filled}
        data |= {name: [value] if isinstance(value, str) else value for name, value in more.items()}
        if press:
            assert ("do", press) in form.buttons
            data["do"] = [press]
        headers = {"Origin": origin} if origin else {}
        self.page = self.client.post(action, data=data, files=files, headers=headers)
        self.app.state.portal.send.join()  # what is sent after the answer
        return self


def token(office: Office, cycle_id: str, district_code: str) -> str:
    """What stands in the address of the link in force."""
    with office.database.read() as connection:
        return token_of(office, links(connection, cycle_id, district_code)[-1].link_id)


def at_desk(app: FastAPI, office: Office, district_code: str, cycle_id: str = "kbo-test") -> Browser:
    """A browser in which a district has opened its link."""
    return Browser(app).get(f"/d/{token(office, cycle_id, district_code)}")
