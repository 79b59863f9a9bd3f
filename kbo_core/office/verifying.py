"""Verifying an evidence bundle with nothing but its bytes: whether they are those that were issued, and whether the
report follows from what lies beside it.

The log is replayed into a database of its own, for the moment; on the way, every decision is taken again from the
inputs and every answer judged again against what its district had then.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from kbo_core.documents.form_mapping import FOLDER
from kbo_core.documents.makers import fonts, makers
from kbo_core.documents.paper_text import words_of
from kbo_core.domain.byte_marks import first_difference
from kbo_core.domain.decisions import COLUMNS
from kbo_core.domain.drift import Profile
from kbo_core.domain.findings import Finding, KboError, RefusedError, block, blocking, in_order, info
from kbo_core.office import evidence
from kbo_core.office.bundle import ABOUT, LOG, Opened, open_bundle
from kbo_core.office.circumstances import read_circumstances
from kbo_core.office.consolidating import consolidate
from kbo_core.office.definitions import DefinitionFile, definition_of
from kbo_core.office.doctor import examine
from kbo_core.office.intake import ANSWERS, check
from kbo_core.office.office import Office
from kbo_core.office.reconciling import reconcile
from kbo_core.office.remembering import frozen_answers
from kbo_core.office.report_changes import changed_since
from kbo_core.office.report_papers import report_papers
from kbo_core.office.results import csv_bytes, sha256
from kbo_core.office.screening import Screening, screen
from kbo_core.registry.quality import Validate
from kbo_core.registry.sources import SourceFile
from kbo_core.store.database import Database, keep_blob, load_blob
from kbo_core.store.log import GENESIS, Event, append, events
from kbo_core.store.reading import get_cycle, reports

_BASIS = (
    evidence.DEFINITION,
    evidence.CIRCUMSTANCES,
    evidence.ANSWERED,
    LOG,
    ABOUT,
    "inputs/",
    "kept/",
    "submissions/",
)
# Files whose bytes depend on a library, so that another release of it may write the same words otherwise.
_MADE = (".pdf", ".xlsx", ".docx", ".zip")


@dataclass
class Verification:
    """What was looked at, and what was found; ``about`` is what the bundle says of itself."""

    about: Mapping[str, Any] = field(default_factory=dict)
    looked: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def faults(self) -> list[Finding]:
        return blocking(self.findings)


def verify(content: bytes, validate: Validate) -> Verification:
    """Whether a bundle is as it was issued and its report follows from it.

    Raises RefusedError for bytes that are no bundle, or not one that can be opened safely.
    """
    opened = open_bundle(content)
    done = Verification(findings=list(opened.findings))
    done.looked["files"] = len(opened.members)
    if any(name.startswith(_BASIS) for name in opened.broken) or not opened.members:
        done.findings.append(
            block(
                "not-replayed",
                ", ".join(sorted(opened.broken)) or "zip",
                "แฟ้มที่เป็นฐานของรายงานเสียหายหรือหายไป จึงไม่ได้ทำซ้ำขั้นต่อไป ขอแฟ้มต้นฉบับจากสำนักงาน",
                "what the report rests on is damaged or missing, so nothing was replayed",
            )
        )
        return done
    try:
        done.about = json.loads(opened.members[ABOUT])
        log = _read_log(opened.members[LOG])
    except (KeyError, ValueError, TypeError):
        done.findings.append(
            block("log-unreadable", LOG, "อ่าน log.jsonl หรือ about.json ไม่ได้", "log.jsonl or about.json cannot be read")
        )
        return done
    done.findings += _program(done.about)
    done.findings += _chain(log, done.about)
    done.looked["events"] = len(log)
    if not done.faults or not _is_chain_broken(done.findings):
        with tempfile.TemporaryDirectory(prefix="kbo-verify-") as folder:
            database = Database(f"sqlite:///{Path(folder) / 'replayed.sqlite3'}")
            try:
                _Replay(done, opened, log, Office(Path(folder), database, ()), validate).run()
            finally:
                database.close()
    done.findings = in_order(done.findings)
    return done


def _is_chain_broken(findings: Sequence[Finding]) -> bool:
    return any(finding.code == "chain-broken" for finding in findings)


def _read_log(content: bytes) -> list[Event]:
    """The events as they are written. Raises ValueError, KeyError or TypeError for lines that are none."""
    log = []
    for line in content.decode().splitlines():
        told = json.loads(line)
        log.append(Event(**{**told, "at": datetime.fromisoformat(told["at"])}))
    if not log:
        raise ValueError(LOG)
    return log


def _program(about: Mapping[str, Any]) -> list[Finding]:
    """What this programme is made of otherwise than the one that made the bundle."""
    then, now = about.get("made_with", {}), makers()
    differing = [f"{name} {then.get(name, '-')} → {now[name]}" for name in now if then.get(name) != now[name]]
    if about.get("fonts") != fonts():
        differing.append("fonts")
    return [
        info(
            "program-differs",
            ", ".join(differing),
            "ชุดนี้จัดทำด้วยโปรแกรมหรือแบบอักษรคนละรุ่น เอกสารที่ไบต์ต่างกันจึงเทียบด้วยข้อความแทน",
            "made with other releases; papers whose bytes differ are compared by their text",
        )
    ] if differing else []  # fmt: skip


def _chain(log: Sequence[Event], about: Mapping[str, Any]) -> list[Finding]:
    before = GENESIS
    for number, entry in enumerate(log, start=1):
        if (entry.seq, entry.prev_hash, entry.hash) != (number, before, entry.expected_hash()):
            return [
                block(
                    "chain-broken",
                    f"{LOG}: {number}",
                    f"สายบันทึกขาดที่เหตุการณ์ที่ {number} บันทึกถูกแก้ไข ลบ หรือแทรก",
                    f"the hash chain breaks at event {number}: the log was changed",
                )
            ]
        before = entry.hash
    if about.get("log_head") != before or about.get("cycle") != log[0].cycle_id:
        return [
            block(
                "log-head-differs",
                LOG,
                "รายงานไม่ได้จัดทำ ณ เหตุการณ์สุดท้ายของบันทึกนี้",
                "the report was not made at the head of this log",
            )
        ]
    return []


class _Replay:
    """The log lived through again."""

    def __init__(
        self, done: Verification, opened: Opened, log: Sequence[Event], office: Office, validate: Validate
    ) -> None:
        self._done, self._members, self._log, self._office, self._validate = done, opened.members, log, office, validate
        self._cycle_id = log[0].cycle_id
        self._names: dict[str, str] = {}
        for name, content in sorted(opened.members.items(), reverse=True):
            self._names[sha256(content)] = name
        self._decided = max((e.payload["revision"] for e in log if e.kind == "decided"), default=0)

    def run(self) -> None:
        with self._office.database.write() as connection:
            for content in self._members.values():
                keep_blob(connection, sha256(content), content)
        templates = self._office.home / FOLDER
        templates.mkdir()
        for name, content in self._members.items():
            if name.startswith(evidence.OWN_FORM):
                (templates / name.rpartition("/")[2]).write_bytes(content)
        self._done.findings += self._named_by_the_log()
        if self._live():
            for name, count in self._examined().items():
                self._done.looked[name] = count
            self._reported()
            self._extracts()

    def _tell(self, finding: Finding) -> None:
        self._done.findings.append(finding)

    def _live(self) -> bool:
        """Every event again; False when one cannot be lived through."""
        waiting: list[Event] = []
        for entry in self._log:
            again = {"decided": self._decide_again, **dict.fromkeys(ANSWERS, self._judge_again)}.get(entry.kind)
            if again:
                if not self._append(waiting):
                    return False
                again(entry)
            waiting.append(entry)
        return self._append(waiting)

    def _append(self, waiting: list[Event]) -> bool:
        entry: Event | None = None
        try:
            with self._office.database.write() as connection:
                for entry in waiting:
                    append(
                        connection,
                        entry.cycle_id,
                        entry.kind,
                        entry.payload,
                        at=entry.at,
                        by=entry.by,
                        reason=entry.reason,
                    )
        except Exception as error:  # whatever a log that was written by another hand may lead to
            where = f"{LOG}: {entry.seq if entry else 0}"
            self._tell(
                block(
                    "event-unreplayable",
                    where,
                    "เหตุการณ์นี้ทำซ้ำไม่ได้ ข้อมูลที่อ้างถึงไม่ครบหรือขัดกัน",
                    f"this event cannot be lived through again ({type(error).__name__})",
                )
            )
            return False
        waiting.clear()
        return True

    def _decide_again(self, entry: Event) -> None:
        facts = entry.payload
        where = f"decided {facts['revision']}"
        try:
            screening = self._screened(facts["revision"])
        except KboError as error:
            for finding in error.findings:
                self._tell(finding)
            return
        except Exception as error:  # inputs that were changed may hold anything
            self._tell(
                block(
                    "decision-unrepeatable",
                    where,
                    f"ตัดสินครั้งที่ {facts['revision']} ซ้ำไม่ได้",
                    f"the decision cannot be taken again ({type(error).__name__})",
                )
            )
            return
        decisions = csv_bytes(screening.decided.decisions, COLUMNS, for_people=False)
        outputs = screening.outputs()
        folder = evidence.decision_folder(facts["revision"], self._decided)
        with self._office.database.write() as connection:  # where the bundle's own are not those of the log
            for made in (decisions, *outputs.values()):
                keep_blob(connection, sha256(made), made)
        # What others' registers told of this one is not in the log of a cycle opened by an earlier release.
        is_old = facts["revision"] == 1 and "compared_with" not in self._log[0].payload
        passed = {"findings.json", "manifest.json"} if is_old else set[str]()
        if sha256(decisions) != facts["decisions"]:
            self._differs(self._names.get(facts["decisions"], where), self._kept(facts["decisions"]), decisions)
        for name in sorted({*facts["outputs"], *outputs} - passed):
            self._differs(f"{folder}{name}", self._members.get(f"{folder}{name}", b""), outputs.get(name, b""))
        self._done.looked["decisions"] += len(screening.decided.decisions)

    def _screened(self, revision: int) -> Screening:
        with self._office.database.read() as connection:
            cycle = get_cycle(connection, self._cycle_id)
            inputs = {label: SourceFile(label, load_blob(connection, digest)) for label, digest in cycle.inputs.items()}
            content = load_blob(connection, cycle.definition_sha256)
            file = DefinitionFile(definition_of(connection, cycle), content, self._office.home)
            compared = self._log[0].payload.get("compared_with") if revision == 1 else None
            last = Profile(**compared) if compared else None
            return screen(file, self._validate, inputs.__getitem__, frozen_answers(connection, self._cycle_id), last)

    def _named_by_the_log(self) -> list[Finding]:
        """The files that do not have the hash under which an event names them, or the one that is their name."""
        return [
            block(
                "file-not-of-log",
                name,
                f"แฟ้ม {name} ไม่ใช่แฟ้มที่บันทึกเหตุการณ์อ้างถึง (sha256 ในบันทึก {digest[:16]}…)",
                f"{name} is not the file that the log names, which has sha256 {digest}",
            )
            for name, digest in evidence.named_by(self._log, list(self._members))
            if sha256(self._members[name]) != digest
        ]

    def _kept(self, digest: str) -> bytes:
        with self._office.database.read() as connection:
            try:
                return load_blob(connection, digest)
            except KeyError:
                return b""

    def _judge_again(self, entry: Event) -> None:
        facts = entry.payload
        content = self._kept(facts["sha256"])
        name = evidence.submission_name(facts["district"], facts["version"], content)
        self._done.looked["answers"] += 1
        try:
            judgement = check(self._office, self._cycle_id, facts["district"], content, name)
        except KboError as error:
            for finding in error.findings:
                self._tell(
                    block("answer-not-readable", name, finding.message_th, f"{finding.code}: {finding.message_en}")
                )
            return
        if stops := blocking(judgement.findings):
            self._tell(
                block(
                    "answer-not-acceptable",
                    name,
                    "แบบนี้รับไว้ แต่เมื่อตรวจซ้ำกับบัญชีในขณะนั้นต้องส่งกลับ: " + "; ".join(f.message_th for f in stops),
                    "accepted, but judged again it must be turned back: " + ", ".join(f.code for f in stops),
                )
            )
        if [list(pick) for pick in judgement.picks] != [list(pick) for pick in facts["picks"]]:
            self._tell(
                block(
                    "answer-read-otherwise",
                    name,
                    "รายชื่อในแบบไม่ตรงกับที่บันทึกไว้",
                    "the form names other groups than the log has",
                )
            )

    def _examined(self) -> dict[str, int]:
        looked, faults = examine(self._office)
        self._done.findings += faults
        return looked

    def _reported(self) -> None:
        """The report made again, from the state that the log gives."""
        about = self._done.about
        try:
            beside = read_circumstances(self._members[evidence.CIRCUMSTANCES])
            at, version = datetime.fromisoformat(about["made_at"]), int(about["version"])
        except (KeyError, ValueError, TypeError):
            self._tell(block("circumstances-unreadable", evidence.CIRCUMSTANCES, "อ่านแฟ้มนี้ไม่ได้", "cannot be read"))
            return
        with self._office.database.write() as connection:
            cycle = get_cycle(connection, self._cycle_id)
            issued = reports(connection, self._cycle_id)
            if version != len(issued) + 1:
                self._tell(
                    block(
                        "version-differs",
                        ABOUT,
                        f"บันทึกมีรายงานก่อนหน้า {len(issued)} ฉบับ แต่ชุดนี้เป็นฉบับที่ {version}",
                        f"the log has {len(issued)} reports before this one, which is version {version}",
                    )
                )
            report = consolidate(connection, cycle, version, at, beside)
            self._done.findings += reconcile(connection, cycle, report, self._validate)
            report = changed_since(connection, cycle, issued, report)
        self._done.looked["report rows"] = len(report.names)
        self._differs(evidence.README, self._members.get(evidence.README, b""), evidence.readme(report).encode())
        try:
            papers = report_papers(report, self._members.get(evidence.OWN_LETTER))
        except RefusedError as refusal:  # no template that a report was ever issued with
            self._done.findings += refusal.findings
            return
        for name, made in papers.items():
            self._differs(f"{evidence.PAPERS}{name}", self._members.get(f"{evidence.PAPERS}{name}", b""), made)
        known = {f"{evidence.PAPERS}{name}" for name in papers}
        for name in sorted(n for n in self._members if n.startswith(evidence.PAPERS) and n not in known):
            self._tell(block("paper-extra", name, "เอกสารนี้ไม่ใช่ของรายงาน", "no paper of this report"))
        self._done.looked["papers"] = len(papers)

    def _extracts(self) -> None:
        """What stands in the bundle a second time is the same."""
        with self._office.database.read() as connection:
            log = events(connection, self._cycle_id)
            cycle = get_cycle(connection, self._cycle_id)
        self._differs(LOG, self._members[LOG], evidence.log_bytes(log))
        for name, made in (
            (evidence.CHAIN_HEAD, evidence.head_bytes(log)),
            (evidence.SIGNATURES, evidence.signature_bytes(log)),
        ):
            self._differs(name, self._members.get(name, b""), made)
        named = self._done.about.get("inputs", {})
        for name, label in sorted(named.items()):
            if cycle.inputs.get(label) != sha256(self._members.get(name, b"")):
                self._tell(block("input-differs", name, "ไม่ใช่แฟ้มที่ใช้ตัดสิน", "not the file that was decided on"))
        known = self._known(log)
        for name in sorted(
            n for n in self._members if n.startswith(("submissions/", "packets/", "messages/", "inputs/"))
        ):
            if sha256(self._members[name]) not in known:
                self._tell(
                    block("file-unknown", name, "บันทึกเหตุการณ์ไม่ได้อ้างถึงแฟ้มนี้", "no event of the log names this file")
                )

    @staticmethod
    def _known(log: Sequence[Event]) -> set[str]:
        return {digest for entry in log for digest in evidence.digests(entry.payload)}

    def _differs(self, name: str, was: bytes, made: bytes) -> None:
        """Tell where a file of the bundle departs from what follows from the rest."""
        change = first_difference(was, made)
        if change is None:
            return
        if was and name.endswith(_MADE) and self._is_other_program() and words_of(name, was) == words_of(name, made):
            return
        line = made[: change.offset].count(b"\n") + 1 if not name.endswith(_MADE) else 0
        self._tell(
            block(
                "file-differs",
                f"{name}: {change.offset}",
                f"แฟ้ม {name} ไม่ตรงกับที่ทำซ้ำได้ {'(ไม่มีแฟ้มนี้) ' if not was else ''}ไบต์แรกที่ต่างอยู่ที่ตำแหน่ง {change.offset}"
                + (f" บรรทัดที่ {line}" if line else ""),
                f"{name} is not what follows from the rest: the first byte that differs is at offset {change.offset}"
                + (f", line {line}" if line else ""),
            )
        )

    def _is_other_program(self) -> bool:
        return any(finding.code == "program-differs" for finding in self._done.findings)
