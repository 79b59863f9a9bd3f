"""The draft of a cycle definition: YAML that an officer reads, completes and signs for."""

from datetime import date
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString as Quoted

from kbo_core.circular.completion import MEANINGS, completed, has_no_fallback
from kbo_core.circular.participant_lists import needed_lists
from kbo_core.circular.quoting import shown
from kbo_core.circular.reading import Reading
from kbo_core.domain.areas import districts
from kbo_core.domain.definition_checks import NEVER_SETTLED
from kbo_core.domain.findings import Finding, Severity

_SEVERITY = {Severity.BLOCK: "ต้องตอบก่อนเริ่มรอบ", Severity.WARN: "ควรตรวจ", Severity.INFO: "เพื่อทราบ"}
# Values that a definition must have. A placeholder in angle brackets is refused when the file is checked, by its place.
_NEEDED = {
    "cycle": "ชื่อรอบ เช่น kbo-2568-56",
    "programme_year_be": "ปีของโครงการ เช่น 2568",
    "province_code": "รหัสจังหวัดสองหลัก เช่น 56",
    "circular.issued_on": "วันที่ของหนังสือ เช่น 2024-12-05",
    "deadline.on": "วันกำหนดส่ง เช่น 2025-06-04",
    "rules.star_year_be": "ปีของระดับดาว เช่น 2567",
    "rules.stars": "ช่วงดาว เช่น [1, 3]",
    "rules.kbo_exclusion_years_be": "ปีที่ต้องไม่ซ้ำ เช่น [2567]",
    "rules.fallback.quadrant_year_be": "ปีของกลุ่ม D เช่น 2567",
    "rules.fallback.exclude_project_year_be": "ปีของโครงการกลุ่ม D ที่ต้องไม่ซ้ำ เช่น 2568",
}
_ORDER = (
    "cycle",
    "programme",
    "programme_year_be",
    "province_code",
    "circular.number",
    "circular.issued_on",
    "circular.subject",
    "circular.attachments",
    "allocation.year_be",
    "allocation.total",
    "deadline.on",
    "deadline.at",
    "deadline.if_nonworking",
    "rules.star_year_be",
    "rules.stars",
    "rules.star_scope",
    "rules.kbo_exclusion_years_be",
    "rules.clause_4_binds_tier_1",
    "rules.fallback.scope",
    "rules.fallback.source",
    "rules.fallback.quadrant_year_be",
    "rules.fallback.exclude_project_year_be",
    "rules.fallback.clause_2_binds",
)


def draft_yaml(reading: Reading, letter_name: str) -> str:
    """The commented draft: every value with its line and words, every open question where it belongs.

    What is not known stands as a place-holder or is left out, so that the file is refused until it is completed.
    """
    values = completed(reading)
    draft = CommentedMap()
    asked: set[Finding] = set()
    for key in _ORDER:
        _add(draft, key, _value(values, key, reading), _comments(reading, key, asked))
        if key == "deadline.on" and isinstance(printed := values.get("deadline", {}).get("on"), date):
            kept = "วันที่พิมพ์ในหนังสือ คงไว้เป็นหลักฐาน ถ้ากำหนดส่งจริงเป็นวันอื่นให้แก้เฉพาะ on"
            _add(draft, "deadline.printed", printed, [kept])
    _add_quota(draft, reading, values, asked)
    _add_sources(draft, reading, values, asked)
    _add_settled(draft, reading, values)
    head = [
        f"กำหนดรอบ ร่างจากหนังสือ {_printable(letter_name)}",
        "ตรวจทุกค่าเทียบกับข้อความที่ยกมา เติมที่ยังว่าง ตอบคำถามใน settled แล้วตรวจด้วยคำสั่ง kbo cycle check",
    ]
    head += [_asked(finding) for finding in reading.findings if finding not in asked]
    draft.yaml_set_start_comment("\n".join(head) + "\n")
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(draft, out)
    return out.getvalue() + _settled_examples(reading)


def _value(values: dict[str, Any], key: str, reading: Reading) -> Any:
    place: Any = values
    for part in key.split("."):
        place = place.get(part) if isinstance(place, dict) else None
    if place is None and key in _NEEDED and not (has_no_fallback(reading) and key.startswith("rules.fallback.")):
        return Quoted(f"<เติม: {_NEEDED[key]}>")
    if key == "circular.attachments" and place:
        return CommentedSeq(_flow(CommentedMap(attachment)) for attachment in place)
    if key in ("province_code", "deadline.on", "deadline.at") and isinstance(place, str):
        return Quoted(place)
    return _flow(CommentedSeq(place)) if isinstance(place, list) else place


def _flow(node: Any) -> Any:
    node.fa.set_flow_style()
    return node


def _add(draft: CommentedMap, key: str, value: Any, comments: list[str]) -> None:
    *parents, last = key.split(".")
    place = draft
    for parent in parents:
        place = place.setdefault(parent, CommentedMap())
    if value is None:
        if key == "circular.number":
            comments = ['number: ต้องเติมเลขที่หนังสือ เช่น number: "พย 0019.2/ว 15286"', *comments]
            draft.yaml_set_comment_before_after_key(parents[0], before="\n".join(comments))
        return
    place[last] = value
    if comments:
        place.yaml_set_comment_before_after_key(last, before="\n".join(comments), indent=2 * len(parents))


def _comments(reading: Reading, key: str, asked: set[Finding]) -> list[str]:
    lines = [MEANINGS[key]] if key in MEANINGS else []
    if quote := reading.quotes.get(key):
        lines.append(_printable(shown(quote)))
    if key == "circular.attachments":
        lines += [
            _printable(shown(quote))
            for name, quote in reading.quotes.items()
            if name.startswith(f"{key}.") and not name.endswith(".enclosed")
        ]
    for finding in reading.findings:
        if finding.where == key or (key == "circular.attachments" and finding.where.startswith(f"{key}.")):
            lines.append(_asked(finding))
            asked.add(finding)
    return lines


def _asked(finding: Finding) -> str:
    return f"{_SEVERITY[finding.severity]} [{finding.code}] {_printable(finding.message_th)}"


def _printable(text: str) -> str:
    """Comment text on one line, without signs that YAML forbids."""
    return "".join(char if char.isprintable() else " " for char in text)


def _add_quota(draft: CommentedMap, reading: Reading, values: dict[str, Any], asked: set[Finding]) -> None:
    quota = CommentedMap()
    lines = ["จำนวนที่จัดสรรตามลำดับในหนังสือ"]
    for finding in reading.findings:
        if finding.where == "quota" or (finding.where.startswith("quota.") and finding not in asked):
            lines.append(_asked(finding))
            asked.add(finding)
    for code, count in values.get("quota", {}).items():
        name = Quoted(code)
        quota[name] = count
        quote = reading.quotes[f"quota.{code}"]
        quota.yaml_add_eol_comment(f"{districts()[code].name_th} {_printable(shown(quote))}", name)
    draft["quota"] = quota
    draft.yaml_set_comment_before_after_key("quota", before="\n".join(lines))


def _add_sources(draft: CommentedMap, reading: Reading, values: dict[str, Any], asked: set[Finding]) -> None:
    sources = CommentedMap(producers=_flow(CommentedMap()), products=_flow(CommentedMap()), participants=CommentedSeq())
    sources["participants"].fa.set_flow_style()
    sources.yaml_set_comment_before_after_key(
        "producers", before='ทะเบียนผู้ผลิต เช่น {path: producers.xlsx, sheet: "ข้อมูล"}', indent=2
    )
    sources.yaml_set_comment_before_after_key(
        "products", before="ทะเบียนผลิตภัณฑ์ ดาว และกลุ่ม เช่น {path: products.csv}", indent=2
    )
    lines = ["บัญชีผู้เคยเข้าร่วมที่ต้องไม่ซ้ำ บัญชีว่างต้องยืนยันด้วย empty: confirmed แทน path"]
    for finding in reading.findings:
        if finding.where.startswith("sources."):
            lines.append(_asked(finding))
            asked.add(finding)
    sources.yaml_set_comment_before_after_key("participants", before="\n".join(lines), indent=2)
    draft["sources"] = sources
    draft.yaml_set_comment_before_after_key("sources", before="แฟ้มข้อมูล ที่อยู่นับจากแฟ้มนี้ หรือ http(s)")


def _add_settled(draft: CommentedMap, reading: Reading, values: dict[str, Any]) -> None:
    lists = [
        f"    - {{programme: {programme}, fiscal_year_be: {year}, path: {programme.lower()}-{year}.csv}}"
        for programme, year in needed_lists(values)
    ]
    lines = ["แทน [] ข้างบนด้วยบรรทัดต่อไปนี้ (ลบ # หน้าบรรทัด)", *lists] if lists else []
    lines.append("คำตอบของผู้รับผิดชอบต่อข้อที่ต้องตอบ")
    draft["settled"] = _flow(CommentedSeq())
    draft.yaml_set_comment_before_after_key("settled", before="\n".join(lines))


def _settled_examples(reading: Reading) -> str:
    """What the officer turns into answers; under the empty list, so that a line without its ``#`` is in its place."""
    codes = dict.fromkeys(
        f.code for f in reading.findings if f.severity is Severity.BLOCK and f.code not in NEVER_SETTLED
    )
    if not codes:
        return ""
    lines = ["# แทน [] ข้างบนด้วยบรรทัดต่อไปนี้ (ลบ # หน้าบรรทัด) แล้วเติมชื่อ วันที่ เหตุผล"]
    lines += [f'#   - {{finding: {code}, by: "ชื่อ ตำแหน่ง", on: ปปปป-ดด-วว, reason: "เหตุผล"}}' for code in codes]
    return "\n".join(lines) + "\n"
