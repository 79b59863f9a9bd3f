"""The Data Docs of an opening: made, served at the portal, linked from the cycle's page."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from expectations.validate import validator
from kbo_core.office.definitions import read_definition
from kbo_core.office.office import Office
from kbo_core.office.screening import screen
from portal.app import create_app
from tasks.publishing import data_docs_link


def test_the_portal_serves_what_the_suites_found_in_thai(office: Office, province: Path) -> None:
    """The index and each validation; what the pages would ask of other hosts is refused."""
    screen(read_definition(province), validator(office.home / "data-docs" / "kbo-test"))
    client = TestClient(create_app(office))
    index = client.get("/data-docs/kbo-test/index.html")
    assert index.status_code == 200
    assert "default-src 'none'" in index.headers["content-security-policy"]
    pages = sorted((office.home / "data-docs" / "kbo-test" / "validations").rglob("*.html"))
    assert pages
    told = [client.get(f"/data-docs/{page.relative_to(office.home / 'data-docs')}").text for page in pages]
    assert any("ระดับดาว" in text for text in told)
    assert client.get("/data-docs/../office.db").status_code == 404


def test_the_cycles_page_links_to_them_where_a_portal_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a portal the page says where they lie."""
    assert data_docs_link("data-docs/x/index.html") == "`data-docs/x/index.html`"
    monkeypatch.setenv("KBO_PORTAL_URL", "http://127.0.0.1:8000")
    assert "(http://127.0.0.1:8000/data-docs/x/index.html)" in data_docs_link("data-docs/x/index.html")
