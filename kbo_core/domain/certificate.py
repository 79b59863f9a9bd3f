"""The shortage certificate: what justifies opening the fallback tier, sealed so that any change of it shows.

Source: guideline, clause 3 ("where the province has too few …").
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kbo_core.domain.explanations import title_of
from kbo_core.domain.findings import Finding, block
from kbo_core.domain.shortage import Figures, Shortage

Identities = Sequence[Sequence[str]]  # producer ids of one group
_RANKS = {"1": 0, "2": 1, "unknown": 2}  # a tier, or the verdict on who is in none
_SCOPE_TH = {"province": "ทั้งจังหวัด", "district": "รายอำเภอ"}


class Standing(NamedTuple):
    """One producer as the decisions have it: ``tier`` 1, 2 or empty, ``verdict`` as in decisions.csv."""

    producer_id: str
    district_code: str
    tier: str
    verdict: str


@dataclass(frozen=True)
class Basis:
    """What a certificate rests on, each by its sha256: the definition, every register file, and the answers about names
    that were used (the definition does not show those given later)."""

    cycle: str
    definition: str
    inputs: Mapping[str, str]
    answers: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "cycle": self.cycle,
            "definition_sha256": self.definition,
            "inputs_sha256": dict(self.inputs),
            "answers_sha256": self.answers,
        }


@dataclass(frozen=True)
class ShortageCertificate:
    """The figures at the moment of deciding, and by name who is in tier 1 and so was not enough.

    Shape: ``tier_1`` maps district codes, in code order, to producer ids in order. ``linked`` are the ids answered to
    be of one group, which the figures count once.
    """

    basis: Basis
    shortage: Shortage
    tier_1: Mapping[str, tuple[str, ...]]
    linked: Identities = ()

    @property
    def opened(self) -> tuple[str, ...]:
        """The districts of the quota table in which the fallback is open."""
        shortage = self.shortage
        if shortage.scope == "district":
            return tuple(code for code, figures in shortage.districts.items() if figures.short)
        return tuple(shortage.districts) if shortage.scope == "province" and shortage.province.short else ()

    def as_dict(self) -> dict[str, Any]:
        """The certificate with its seal, ``sha256``, over the canonical JSON of everything else in it."""
        body = {
            **self.basis.as_dict(),
            **self.shortage.as_dict(),
            "opened": list(self.opened),
            "tier_1": {code: list(ids) for code, ids in self.tier_1.items()},
            **({"linked": [list(ids) for ids in self.linked]} if self.linked else {}),
        }
        return {**body, "sha256": seal(body)}

    def text_th(self) -> str:
        """The certificate in words, a paragraph a line."""
        province = self.shortage.province
        lines = [
            f"หลักฐานความไม่เพียงพอ รอบ {self.basis.cycle} (นับ{_SCOPE_TH.get(self.shortage.scope, self.shortage.scope)})",
            f"จังหวัดได้รับจัดสรร {province.quota} กลุ่ม มีกลุ่มที่เข้าเกณฑ์ข้อ ๑ และข้อ ๒ {province.tier_1} กลุ่ม "
            f"ขาด {province.short} กลุ่ม (รอชี้ขาด {province.unknown} ไม่นับ)",
            *(
                f"{title_of(code)}: จัดสรร {f.quota} เข้าเกณฑ์ {f.tier_1} ขาด {f.short}"
                for code, f in self.shortage.districts.items()
            ),
            f"จึงใช้แนวทางข้อ ๓ และข้อ ๔ ใน: {', '.join(map(title_of, self.opened))}",
            *(f"นับเป็นกลุ่มเดียวกัน: {' '.join(ids)}" for ids in self.linked),
            f"ตามแฟ้มกำหนดรอบ sha256 {self.basis.definition}",
            *(f"และแฟ้ม {name} sha256 {digest}" for name, digest in sorted(self.basis.inputs.items())),
            f"ผนึก sha256 {self.as_dict()['sha256']}",
        ]
        return "\n".join(lines) + "\n"


def certify(
    shortage: Shortage, standings: Iterable[Standing], basis: Basis, linked: Identities
) -> ShortageCertificate | None:
    """The certificate of a shortage; None while the fallback is shut, for then there is nothing to justify."""
    return ShortageCertificate(basis, shortage, _tier_1(standings), linked) if shortage.fallback_open else None


def seal(body: Mapping[str, Any]) -> str:
    """The sha256 of a value as canonical JSON: sorted keys, no blanks, UTF-8."""
    return hashlib.sha256(
        json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def certificate_faults(
    certificate: Mapping[str, Any],
    standings: Sequence[Standing],
    quota: Mapping[str, int],
    basis: Basis,
    linked: Identities,
) -> list[Finding]:
    """What is wrong with a certificate, judged from the decisions that it was issued with; empty for a true one.

    Everything in it is counted again from the decisions, the quotas and the answers about ids of one group. One issued
    before these were told in it counted every id by itself.
    """
    where = f"{basis.cycle}: certificate.json"
    body = {key: value for key, value in certificate.items() if key != "sha256"}
    faults = []
    if certificate.get("sha256") != seal(body):
        faults.append(
            block("certificate-seal", where, "หลักฐานความไม่เพียงพอถูกแก้ไข", "the certificate no longer has its own hash")
        )
    if {key: body.get(key) for key in basis.as_dict()} != basis.as_dict():
        faults.append(
            block(
                "certificate-basis",
                where,
                "หลักฐานความไม่เพียงพออ้างแฟ้มกำหนดรอบ ทะเบียน หรือคำตอบชุดอื่น",
                "the certificate rests on another definition, other registers or other answers",
            )
        )
    if "linked" in body and body["linked"] != [list(ids) for ids in linked]:
        faults.append(
            block(
                "certificate-linked",
                where,
                "หลักฐานความไม่เพียงพอนับรายที่ขึ้นทะเบียนซ้ำไม่ตรงกับคำตอบในรอบนี้",
                "the certificate takes other ids for one group than the answers of the cycle do",
            )
        )
    scope = str(body.get("scope"))
    counted = _counted(scope, standings, quota, linked if "linked" in body else ())
    if {name: body.get(name) for name in ("province", "districts", "tier_1")} != {
        "province": counted.shortage.as_dict()["province"],
        "districts": counted.shortage.as_dict()["districts"],
        "tier_1": {code: list(ids) for code, ids in counted.tier_1.items()},
    }:
        faults.append(
            block(
                "certificate-figures",
                where,
                "ตัวเลขหรือรายชื่อในหลักฐานไม่ตรงกับคำตัดสิน",
                "figures or names are not those of the decisions",
            )
        )
    if not counted.opened or body.get("opened") != list(counted.opened) or body.get("fallback_open") is not True:
        faults.append(
            block(
                "certificate-untrue",
                where,
                "ใช้แนวทางข้อ ๓ ในพื้นที่ที่กลุ่มตามข้อ ๑ และ ๒ เพียงพอ",
                "the fallback was opened where tier 1 had enough",
            )
        )
    return faults


def _counted(
    scope: str, standings: Sequence[Standing], quota: Mapping[str, int], linked: Identities
) -> ShortageCertificate:
    identity = {one: ids[0] for ids in linked for one in ids}

    def figures(places: int, among: Sequence[Standing]) -> Figures:
        # Each identity by the best of its standings.
        best: dict[str, int] = {}
        for standing in among:
            rank = _RANKS.get(standing.tier or standing.verdict, len(_RANKS))
            who = identity.get(standing.producer_id, standing.producer_id)
            best[who] = min(rank, best.get(who, rank))
        ranks = list(best.values())
        return Figures(places, *(ranks.count(n) for n in _RANKS.values()))

    province = figures(sum(quota.values()), standings)
    districts = {
        code: figures(places, [s for s in standings if s.district_code == code]) for code, places in quota.items()
    }
    return ShortageCertificate(Basis("", "", {}, ""), Shortage(scope, True, province, districts), _tier_1(standings))


def _tier_1(standings: Iterable[Standing]) -> dict[str, tuple[str, ...]]:
    passed = sorted((s.district_code, s.producer_id) for s in standings if s.tier == "1")
    return {code: tuple(i for c, i in passed if c == code) for code in dict.fromkeys(c for c, _ in passed)}
