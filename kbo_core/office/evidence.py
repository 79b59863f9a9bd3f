"""The evidence bundle: everything from which the report follows, in one zip, each file named by its hash."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kbo_core.documents.form_kinds import ending_of
from kbo_core.documents.form_mapping import FOLDER, MAPPING, read_office_form
from kbo_core.documents.makers import fonts, makers
from kbo_core.documents.page_answer import is_page_answer
from kbo_core.documents.papers import Report
from kbo_core.domain.findings import RefusedError
from kbo_core.office.bundle import FORMAT, LOG, pack
from kbo_core.office.circumstances import Circumstances
from kbo_core.office.intake import ANSWERS
from kbo_core.office.results import json_bytes, sha256
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import Event, events
from kbo_core.store.reading import Cycle, messages

CIRCUMSTANCES, DEFINITION, ANSWERED = "circumstances.json", "definition.yaml", "answers-about-names.json"
CHAIN_HEAD, SIGNATURES, README = "chain-head.txt", "signatures.json", "README.txt"
PAPERS, OWN_FORM, OWN_LETTER = "report/", "office-form/", "office-letters/department-letter.docx"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ENDINGS = (".xlsx", ".ods", ".xls", ".csv", ".json")

_README = """\
ชุดหลักฐานของรายงานรวม รอบ {cycle} ฉบับที่ {version} จังหวัด{province}
=====================================================================

ชุดนี้มีทะเบียนตามที่ได้รับมา แบบรายงาน ข้อความ และที่อยู่ผู้รับ ซึ่งมีข้อมูลส่วนบุคคล
ใช้ภายในสำนักงานและสำหรับผู้ตรวจสอบเท่านั้น ห้ามเผยแพร่หรือส่งต่อ ฉบับที่เผยแพร่ได้คือแฟ้มที่ขึ้นต้นด้วย public-

ตรวจได้โดยไม่ต้องมีฐานข้อมูลหรืออินเทอร์เน็ต: kbo verify แฟ้มนี้.zip

  definition.yaml            แฟ้มกำหนดรอบ
  inputs/                    ทะเบียนและบัญชีที่ใช้ตัดสิน (inputs/earlier/ ฉบับที่ถูกแทนแล้ว)
  answers-about-names.json   คำตอบเรื่องชื่อที่คล้ายกัน ซึ่งจำไว้ก่อนเปิดรอบ
  decisions/                 ผลการตัดสินที่ใช้อยู่และหลักฐานความไม่เพียงพอ (decisions/earlier/ ครั้งก่อน ๆ)
  packets/                   หนังสือและแบบที่ส่งให้อำเภอ
  office-form/               แบบของจังหวัดเอง (ถ้ามี) ซึ่งใช้อ่านแบบที่ส่งกลับ
  office-letters/            แม่แบบหนังสือของสำนักงานเอง (ถ้ามี) ที่ใช้ร่างหนังสือนำส่ง
  submissions/               แบบรายงานทุกฉบับ ตามชนิดแฟ้มที่ได้รับ
  messages/                  ข้อความที่ส่ง
  report/                    รายงานฉบับนี้ (reports-before/ ฉบับก่อน)
  signatures.json            การลงนามก่อนจัดทำรายงาน
  circumstances.json         สิ่งที่รายงานใช้แต่ไม่อยู่ในบันทึก: ผู้ประสานงาน สภาพบัญชี เหตุผลการรวมเล่ม
  log.jsonl, chain-head.txt  บันทึกเหตุการณ์ทั้งหมดและค่าแฮชล่าสุด
  kept/                      แฟ้มอื่นที่บันทึกอ้างถึง ตามชื่อ sha256
  manifest.json, about.json  sha256 ของทุกแฟ้ม รุ่นของโปรแกรมและแบบอักษร

Evidence bundle of the consolidated report of cycle {cycle}, version {version}, {province_en}
------------------------------------------------------------------------------------------

It holds the registers as they came, the districts' forms, the messages and their addressees: personal data. It is for
the office and its auditors; do not publish it or pass it on. What may be published are the files that begin with
public-.

Verify it without a database and without a network: kbo verify THIS.zip
"""


def evidence_bundle(
    connection: Connection,
    cycle: Cycle,
    papers: Mapping[str, bytes],
    beside: Circumstances,
    report: Report,
    own: Mapping[str, bytes],
) -> bytes:
    """Inputs, definition, decisions, packets, submissions, messages, report and the whole log; the same state gives the
    same bytes. ``own`` are the office's own form and letter, by member. It holds the registers as they came, so it is
    for the office and its auditors."""
    log = events(connection, cycle.cycle_id)
    inputs = {f"inputs/{n:02}-{flat(label)}": label for n, label in enumerate(sorted(cycle.inputs), start=1)}
    files = {
        **_named(connection, cycle, log, inputs),
        **{f"{PAPERS}{name}": content for name, content in papers.items()},
        **own,
        CIRCUMSTANCES: beside.content(),
        LOG: log_bytes(log),
        CHAIN_HEAD: head_bytes(log),
        SIGNATURES: signature_bytes(log),
        README: readme(report).encode(),
    }
    known = {sha256(content) for content in files.values()}
    for digest in sorted(set(_referenced(connection, log)) - known):
        if (content := _kept(connection, digest)) is not None:
            files[f"kept/{digest}"] = content
    about = {
        "format": FORMAT,
        "cycle": cycle.cycle_id,
        "version": report.version,
        "made_at": report.made_at.isoformat(),
        "log_head": log[-1].hash,
        "made_with": makers(),
        "fonts": fonts(),
        "inputs": inputs,
    }
    return pack(files, about, report.made_at)


def own_form_files(home: Path) -> dict[str, bytes]:
    """The office's own form as it lies in its home, by which returned ones are read; nothing where it has none, or one
    that cannot be used any more."""
    try:
        own = read_office_form(home)
    except RefusedError:
        return {}
    if own is None:
        return {}
    return {
        f"{OWN_FORM}{MAPPING}": (home / FOLDER / MAPPING).read_bytes(),
        f"{OWN_FORM}{own.mapping.workbook}": own.workbook,
    }


def log_bytes(log: Sequence[Event]) -> bytes:
    """The log, an event a line."""
    lines = (json.dumps(entry.as_json(), ensure_ascii=False, sort_keys=True) + "\n" for entry in log)
    return "".join(lines).encode()


def head_bytes(log: Sequence[Event]) -> bytes:
    return f"{log[-1].seq} {log[-1].hash}\n".encode()


def signature_bytes(log: Sequence[Event]) -> bytes:
    """The signatures that the log has."""
    return json_bytes(
        [{**entry.payload, "at": entry.at.isoformat()} for entry in log if entry.kind == "approval-given"]
    )


def readme(report: Report) -> str:
    province = report.province
    return _README.format(
        cycle=report.cycle, version=report.version, province=province.name_th, province_en=province.name_en
    )


def flat(label: str) -> str:
    """The last part of a path or an address, as a name that no archive minds."""
    last = label.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"[\x00-\x1f:*?\"<>|]", "_", last).strip(". ") or "source"


def submission_name(district_code: str, version: int, content: bytes) -> str:
    """Under which name the bundle has a form."""
    ending = ".json" if is_page_answer(content) else ending_of(content)
    return f"submissions/{district_code}-{version:02}{ending}"


def decision_folder(revision: int, in_force: int) -> str:
    return "decisions/" if revision == in_force else f"decisions/earlier/{revision:02}/"


def _named(connection: Connection, cycle: Cycle, log: Sequence[Event], inputs: Mapping[str, str]) -> dict[str, bytes]:
    """What people look for, under names that they understand."""
    wanted: dict[str, str] = {DEFINITION: cycle.definition_sha256}
    wanted |= {name: cycle.inputs[label] for name, label in inputs.items()}
    decided = max(entry.payload["revision"] for entry in log if entry.kind == "decided")
    files: dict[str, bytes] = {}
    for entry in log:
        facts = entry.payload
        if entry.kind == "cycle-opened":
            if "answers" in facts:
                wanted[ANSWERED] = facts["answers"]
            wanted |= _earlier(facts["inputs"], cycle)
        elif entry.kind == "list-updated":
            wanted |= _earlier({facts["label"]: facts["sha256"]}, cycle)
        elif entry.kind == "decided":
            folder = decision_folder(facts["revision"], decided)
            wanted |= {f"{folder}{name}": digest for name, digest in facts["outputs"].items()}
        elif entry.kind == "packet-prepared":
            stem = f"packets/{facts['district']}-{facts['revision']:02}"
            wanted[f"{stem}.pdf"] = facts["letter"]
            if (form := _kept(connection, facts["form"])) is not None:
                files[f"{stem}{ending_of(form)}"] = form
        elif entry.kind in ANSWERS:
            if (form := _kept(connection, facts["sha256"])) is not None:
                files[submission_name(facts["district"], facts["version"], form)] = form
        elif entry.kind == "report-issued":
            before = f"reports-before/v{facts['version']}/"
            wanted |= {f"{before}{n}": d for n, d in facts["files"].items() if not n.startswith("evidence-")}
    for message in messages(connection, cycle.cycle_id):
        if message.sha256:
            stem = f"messages/{message.district_code}-{message.kind}-{flat(message.step)}"
            wanted[f"{stem}.eml" if message.is_mail else f"{stem}-{message.channel}.json"] = message.sha256
    for name, digest in wanted.items():
        if (content := _kept(connection, digest)) is not None:
            files[name] = content
    return files


def named_by(log: Sequence[Event], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each of these members that the log, or its own name, says the hash of, with that hash."""
    decided = max((entry.payload["revision"] for entry in log if entry.kind == "decided"), default=0)
    wanted: dict[str, str] = {}
    for entry in log:
        facts = entry.payload
        if entry.kind == "cycle-opened":
            wanted |= {DEFINITION: facts["definition"], ANSWERED: facts.get("answers", "")}
        elif entry.kind == "decided":
            folder = decision_folder(facts["revision"], decided)
            wanted |= {f"{folder}{name}": digest for name, digest in facts["outputs"].items()}
        elif entry.kind == "packet-prepared":
            stem = f"packets/{facts['district']}-{facts['revision']:02}"
            wanted |= {f"{stem}.pdf": facts["letter"]} | {f"{stem}{ending}": facts["form"] for ending in _ENDINGS}
        elif entry.kind in ANSWERS:
            stem = f"submissions/{facts['district']}-{facts['version']:02}"
            wanted |= {f"{stem}{ending}": facts["sha256"] for ending in _ENDINGS}
        elif entry.kind == "message-planned" and facts["sha256"]:
            stem = f"messages/{facts['district']}-{facts['kind']}-{flat(facts['step'])}"
            wanted |= {f"{stem}{ending}": facts["sha256"] for ending in (".eml", f"-{facts['channel']}.json")}
    wanted |= {name: name.removeprefix("kept/") for name in names if name.startswith("kept/")}
    yield from ((name, wanted[name]) for name in names if wanted.get(name))


def _earlier(given: Mapping[str, str], cycle: Cycle) -> dict[str, str]:
    """The files that the cycle once rested on and does no longer."""
    return {
        f"inputs/earlier/{digest[:12]}-{flat(label)}": digest
        for label, digest in given.items()
        if cycle.inputs.get(label) != digest
    }


def _referenced(connection: Connection, log: Sequence[Event]) -> Iterator[str]:
    """Every hash that an event names, and those that a snapshot's index does; bundles issued before are not among
    them."""
    for entry in log:
        facts = dict(entry.payload)
        if entry.kind == "report-issued":
            facts["files"] = {n: d for n, d in facts["files"].items() if not n.startswith("evidence-")}
        yield from digests(facts)
        if (snapshot := facts.get("snapshot")) and (index := _kept(connection, snapshot)) is not None:
            yield from json.loads(index)["files"].values()


def digests(value: Any) -> Iterator[str]:
    """Every hash that stands in an event's payload."""
    if isinstance(value, str):
        if _DIGEST.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from digests(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from digests(inner)


def _kept(connection: Connection, digest: str) -> bytes | None:
    try:
        return load_blob(connection, digest)
    except KeyError:  # the chain of an old release, or a hash of something that is not kept
        return None
