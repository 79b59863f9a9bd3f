"""The container files by their shape: no engine runs here, so what can be checked without one is checked."""

from pathlib import Path
from typing import Any

from jsonschema import validate

from kbo_core.office.definitions import load_yaml

FOLDER = Path(__file__).parents[2] / "deployments" / "containers"
_TEXTS = {"type": "array", "items": {"type": "string"}}
_CONDITIONS = ["service_started", "service_healthy", "service_completed_successfully"]
# The part of the compose specification that the file uses; anything else is a slip.
COMPOSE = {
    "type": "object",
    "required": ["name", "services", "volumes", "configs"],
    "patternProperties": {"^x-": {}},
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "volumes": {"type": "object"},
        "configs": {"type": "object", "additionalProperties": {"required": ["content"]}},
        "services": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["image"],
                "additionalProperties": False,
                "properties": {
                    "image": {"type": "string"},
                    "build": {"type": "object", "required": ["context", "dockerfile"]},
                    "entrypoint": _TEXTS,
                    "command": _TEXTS,
                    "environment": {"type": "object", "additionalProperties": {"type": "string"}},
                    "ports": _TEXTS,
                    "volumes": _TEXTS,
                    "configs": {"type": "array", "items": {"required": ["source", "target"]}},
                    "healthcheck": {"type": "object", "required": ["test"]},
                    "restart": {"enum": ["unless-stopped", "on-failure"]},
                    "deploy": {"type": "object", "properties": {"replicas": {"type": "integer", "minimum": 1}}},
                    "depends_on": {
                        "type": "object",
                        "additionalProperties": {"properties": {"condition": {"enum": _CONDITIONS}}},
                    },
                },
            },
        },
    },
}


def read(name: str) -> Any:
    return load_yaml((FOLDER / name).read_text("utf-8"))


def test_the_compose_file_has_the_shape_of_one_and_names_what_it_has() -> None:
    """Keys and types, and no service, volume or config is named that is not there."""
    compose = read("docker-compose.yaml")
    validate(compose, COMPOSE)
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        assert {config["source"] for config in service.get("configs", ())} <= set(compose["configs"])
        assert {volume.partition(":")[0] for volume in service.get("volumes", ())} <= set(compose["volumes"])
        if "build" in service:
            assert (FOLDER / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_no_password_stands_in_the_container_files() -> None:
    """They come by the environment or as secrets."""
    for name in ("docker-compose.yaml", "values.yaml", "Dockerfile"):
        for line in (FOLDER / name).read_text("utf-8").splitlines():
            if "PASSWORD" in line or "AUTH_STRING:" in line:
                assert "${" in line


def test_the_image_takes_every_package_of_the_program() -> None:
    """What the wheel has, the image copies."""
    copied = {line.split()[1] for line in (FOLDER / "Dockerfile").read_text("utf-8").splitlines() if "COPY " in line}
    assert {"kbo_core", "expectations", "tasks", "flows", "portal", "deployments"} <= copied


def test_the_charts_values_name_the_pool_that_is_provisioned() -> None:
    """Workers of the cluster take the runs of the deployments."""
    pool = read("values.yaml")["prefect-worker"]["worker"]["config"]
    (planned,) = read("../prefect.yaml")["work_pools"]
    assert (pool["workPool"], pool["type"]) == (planned["name"], planned["type"])
