"""The door for programs: the same checks, the same receipts, and what its description promises."""

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from portal.app import create_app
from portal.throttle import Rate, Rates
from tests.cycle import CYCLE, kinds
from tests.portal.browsers import at_desk, token
from tests.portal.test_district import chosen

UNHURRIED = Rates(address=Rate(10**6, 1), link=Rate(10**6, 1), bad_link=Rate(10**6, 1))


def program(app: FastAPI, office: Office, code: str) -> TestClient:
    headers = {"Authorization": f"Bearer {token(office, CYCLE, code)}"}
    return TestClient(app, base_url="https://portal.test", headers=headers, raise_server_exceptions=False)


def test_a_program_reads_its_status_and_posts_its_answer(served_office: Office, app: FastAPI) -> None:
    """The receipt is that of any other way in; the same document again gets the same one."""
    client = program(app, served_office, "5601")
    told = client.get("/api/v1/status").json()
    assert (told["quota"], told["version"], told["state"]) == (2, 0, "opened")
    groups = client.get("/api/v1/candidates").json()["candidates"]
    assert [g["producer_id"] for g in groups if g["may_be_picked"]] == ["A2", "A1", "A3"]
    answer = {"picks": ["A1", "A2"], "reporter": "ระบบของอำเภอ", "amends": 0}
    first, again = (client.post("/api/v1/submissions", json=answer).json() for _ in range(2))
    assert first["receipt"] == again["receipt"]
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert chosen(served_office, "5601") == ["A1", "A2"]
    assert "ทางโปรแกรม" in at_desk(app, served_office, "5601").get("/desk/versions").words
    assert examine(served_office)[1] == []


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ({"picks": ["A1", "A2", "A3"], "amends": 0}, 409, "over-quota"),
        ({"picks": ["B1"], "amends": 0}, 409, "pick-other-district"),
        ({"picks": ["A4", "A1"], "amends": 0}, 409, "pick-ineligible"),
        ({"picks": ["A1"], "amends": 0}, 409, "short-without-reason"),
        ({"is_nil": True, "amends": 0}, 409, "nil-hides-candidates"),
        ({"picks": ["A1", "A2"], "amends": 3}, 422, "amends-unknown"),
        ({"picks": ["A1", "A2"]}, 422, "answer-unreadable"),
        ({"picks": "A1", "amends": 0}, 422, "answer-unreadable"),
        ({"picks": ["A1", "A2"], "amends": 0, "district": "5607"}, 422, "answer-unreadable"),
    ],
)
def test_the_same_checks_turn_an_answer_back(
    served_office: Office, app: FastAPI, answer: dict[str, Any], status: int, code: str
) -> None:
    """With the same codes and Thai words; nothing is changed."""
    before = kinds(served_office)
    said = program(app, served_office, "5601").post("/api/v1/submissions", json=answer)
    assert said.status_code == status
    findings = said.json()["findings"]
    assert code in {f["code"] for f in findings}
    assert all(f["message_th"] for f in findings)
    assert kinds(served_office) == before


def test_a_program_does_not_overwrite_what_it_has_not_seen(served_office: Office, app: FastAPI) -> None:
    """Another answer came in meanwhile; the newer stands until the program says that it amends it."""
    client = program(app, served_office, "5601")
    for picks, amends, status in ((["A1", "A2"], 0, 200), (["A1", "A3"], 0, 409), (["A1", "A3"], 1, 200)):
        said = client.post("/api/v1/submissions", json={"picks": picks, "amends": amends})
        assert said.status_code == status, said.text
        if status == 409:
            assert [f["code"] for f in said.json()["findings"]] == ["submission-conflict"]
            assert chosen(served_office, "5601") == ["A1", "A2"]
    assert chosen(served_office, "5601") == ["A1", "A3"]


def test_a_program_without_its_token_gets_nothing(served_office: Office, app: FastAPI) -> None:
    """None, a wrong one; a page's session is no token."""
    client = TestClient(app, base_url="https://portal.test")
    assert client.get("/api/v1/status").status_code == 401
    assert client.get("/api/v1/status", headers={"Authorization": "Bearer wrong"}).status_code == 401
    browser = at_desk(app, served_office, "5601")
    assert browser.get("/api/v1/status").status == 401


def test_the_description_holds(served_office: Office) -> None:
    """Whatever is sent, the answer is one that the description names, and nonsense is turned away."""
    app = create_app(served_office, rates=UNHURRIED)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    bearer = {"Authorization": f"Bearer {token(served_office, CYCLE, '5601')}"}
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
        negative_data_rejection,
        ignored_auth,
    ]
    seen = set()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        seen.add(operation.label)

        @settings(
            max_examples=15,
            deadline=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @cases_of(operation)
        def holds(case: Any) -> None:
            case.call_and_validate(headers=bearer, checks=checks)

        holds()
    assert seen == {"GET /status", "GET /candidates", "POST /submissions"}
    assert examine(served_office)[1] == []


def cases_of(operation: Any) -> Any:
    """Hypothesis over the cases of an operation, some of them against its description."""
    kept, broken = (
        operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    )
    return given(case=kept | broken)
