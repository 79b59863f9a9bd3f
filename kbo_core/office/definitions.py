"""A definition file: its bytes, its meaning and the folder that its paths are relative to."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kbo_core.domain.definition import CycleDefinition, ParticipantSource, Settled, parse_definition
from kbo_core.domain.findings import refused
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import events
from kbo_core.store.reading import Cycle


@dataclass(frozen=True)
class DefinitionFile:
    """A cycle definition as it was read from disk."""

    definition: CycleDefinition
    content: bytes
    folder: Path

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def load_yaml(text: str) -> object:
    """A YAML 1.2 document, in which the keys ``on`` and ``off`` stay words."""
    try:
        return YAML(typ="safe").load(text)
    except YAMLError:  # the parser in C takes no colon inside a bare word within braces, such as a time of day
        return YAML(typ="safe", pure=True).load(text)


def read_definition(path: Path) -> DefinitionFile:
    """The definition in a YAML file. Raises RefusedError when there is none or it is not one."""
    name = path.name
    try:
        content = path.read_bytes()
    except OSError:
        raise refused(
            "definition-missing", str(path), f"ไม่พบแฟ้มกำหนดรอบ {path} ตรวจที่อยู่และชื่อแฟ้ม", f"no such definition: {path}"
        ) from None
    return DefinitionFile(parse_definition_bytes(content, name), content, path.resolve().parent)


@lru_cache(maxsize=256)
def parse_definition_bytes(content: bytes, name: str) -> CycleDefinition:
    """The definition in the bytes of a YAML file. Raises RefusedError when they are not one."""
    try:
        data = load_yaml(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise refused(
            "definition-unreadable", name, "แฟ้มกำหนดรอบต้องเป็นข้อความ UTF-8", "a definition is UTF-8 text"
        ) from None
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f"{name}: บรรทัด {mark.line + 1}" if mark else name
        raise refused(
            "definition-unreadable",
            at,
            "รูปแบบ YAML ผิด ตรวจการย่อหน้า เครื่องหมายโคลอน และคำซ้ำในบรรทัดนี้",
            f"not valid YAML: {getattr(error, 'problem', None) or error}",
        ) from None
    return parse_definition(data, name)


def definition_of(connection: Connection, cycle: Cycle) -> CycleDefinition:
    """The definition that a cycle was opened with, with what was settled and which lists were replaced since."""
    definition = parse_definition_bytes(load_blob(connection, cycle.definition_sha256), f"{cycle.cycle_id}.yaml")
    for entry in events(connection, cycle.cycle_id, ("finding-settled", "list-updated")):
        if entry.kind == "finding-settled":
            later = Settled.model_validate(entry.payload)
            definition = definition.model_copy(update={"settled": (*definition.settled, later)})
        else:
            definition = with_list(definition, entry.payload["list"], entry.payload["label"])
    return definition


def with_list(definition: CycleDefinition, listed: str, path: str) -> CycleDefinition:
    """The definition with another file for a participant list, read in the same way; a list that it lacked is added."""
    participants = tuple(
        p.model_copy(update={"path": path, "empty": None}) if p.label == listed else p
        for p in definition.sources.participants
    )
    if listed not in {p.label for p in participants}:
        programme, year = listed.split()
        added = ParticipantSource.model_validate({"programme": programme, "fiscal_year_be": int(year), "path": path})
        participants = (*participants, added)
    sources = definition.sources.model_copy(update={"participants": participants})
    return definition.model_copy(update={"sources": sources})
