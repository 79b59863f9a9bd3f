"""Submission checks: one check, one function, one code; each message names the cell and the remedy.

A form that is meant for somebody else is judged no further: its picks belong to another list.
"""

from collections.abc import Callable, Iterable, Iterator

from kbo_core.domain.areas import districts
from kbo_core.domain.findings import Finding, Severity, block, in_order, info, warn
from kbo_core.domain.submissions import FORM_CODE, Expected, FilledForm, Pick, choice_label
from kbo_core.domain.thai_text import clean, name_key


def check_submission(form: FilledForm, assignment: Expected) -> list[Finding]:
    """Everything a person must read about a form; it can be accepted when nothing blocks."""
    misdirected = [finding for check in _ADDRESS_CHECKS for finding in check(form, assignment)]
    if misdirected:
        return in_order(misdirected)
    findings = [finding for check in _CONTENT_CHECKS for finding in check(form, assignment)]
    return in_order([*findings, *_superseded_revision(form, assignment, findings)])


def resolve_picks(form: FilledForm, expected: Expected) -> tuple[str, ...]:
    """The ids of the candidates that were picked, each once, in the form's order."""
    return tuple(dict.fromkeys(i for _, i in _identified(form, expected) if i in expected.candidates))


def _identify(pick: Pick, expected: Expected) -> str | None:
    """The producer that a pick names, by id, by the list's own wording or by a name unique in the district."""
    if pick.producer_id_guess in expected.candidates or pick.producer_id_guess in expected.register:
        return pick.producer_id_guess
    written = name_key(pick.text)
    for producer_id, name in expected.candidates.items():
        if written in (name_key(producer_id), name_key(choice_label(producer_id, name))):
            return producer_id
    named = _named(written, expected)
    return named[0] if len(named) == 1 else None


def _named(written: str, expected: Expected) -> list[str]:
    """The producers of that name: the district's candidates, or else anybody in the register."""
    among_candidates = [i for i, name in expected.candidates.items() if name_key(name) == written]
    return among_candidates or [i for i, s in expected.register.items() if name_key(s.name) == written]


def _identified(form: FilledForm, expected: Expected) -> Iterator[tuple[Pick, str]]:
    for pick in form.picks:
        producer_id = _identify(pick, expected)
        if producer_id is not None:
            yield pick, producer_id


def _outside(form: FilledForm, expected: Expected) -> Iterator[tuple[Pick, str]]:
    """The picks that name a known producer who is not on the district's list."""
    return ((p, i) for p, i in _identified(form, expected) if i not in expected.candidates)


# Whose form is it?


def _programme_form(form: FilledForm, _: Expected) -> Iterator[Finding]:
    if not FORM_CODE.fullmatch(form.form_code):
        yield block(
            "form-code-unknown",
            form.form_code,
            "รหัสแบบไม่ใช่ของโครงการ KBO ให้กรอกในแบบที่จังหวัดส่งให้ โดยไม่แก้รหัสแบบ",
            "the form code is not of this programme; fill the form that was sent",
        )


def _cycle_of_form(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    code = FORM_CODE.fullmatch(form.form_code)
    if code and code["cycle"] != expected.cycle:
        yield block(
            "form-other-cycle",
            form.form_code,
            f"แบบนี้เป็นของรอบ {code['cycle']} ไม่ใช่รอบ {expected.cycle} ให้กรอกในแบบของรอบนี้",
            f"the form belongs to cycle {code['cycle']}, not {expected.cycle}",
        )


def _district_of_form(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    code = FORM_CODE.fullmatch(form.form_code)
    if code and code["district"] != expected.district.code:
        other = districts().get(code["district"])
        whose = other.title_th if other else code["district"]
        yield block(
            "form-other-district",
            form.form_code,
            f"แบบนี้เป็นของ{whose} ไม่ใช่ของ{expected.district.title_th} ให้ส่งแบบของอำเภอตนเอง",
            f"the form belongs to district {code['district']}, not {expected.district.code}",
        )


def _revision_of_form(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    code = FORM_CODE.fullmatch(form.form_code)
    if code and int(code["revision"]) > expected.revision:
        yield block(
            "form-revision-unknown",
            form.form_code,
            f"แบบนี้ระบุชุดที่ {code['revision']} แต่จังหวัดส่งถึงชุดที่ {expected.revision} เท่านั้น ให้ใช้แบบที่จังหวัดส่งให้",
            f"revision {code['revision']} was never sent; the latest is {expected.revision}",
        )


def _superseded_revision(form: FilledForm, expected: Expected, findings: Iterable[Finding]) -> Iterator[Finding]:
    """An old form is harmless while everything in it still holds."""
    code = FORM_CODE.fullmatch(form.form_code)
    if code is None or int(code["revision"]) >= expected.revision:
        return
    if any(f.severity is Severity.BLOCK for f in findings):
        yield block(
            "form-superseded",
            form.form_code,
            f"แบบชุดที่ {code['revision']} ถูกแทนด้วยชุดที่ {expected.revision} แล้ว และมีข้อที่ใช้ไม่ได้ ให้กรอกในชุดล่าสุด",
            f"revision {code['revision']} is superseded by {expected.revision} and does not hold any more",
        )
    else:
        yield warn(
            "form-superseded",
            form.form_code,
            f"ใช้แบบชุดที่ {code['revision']} ซึ่งถูกแทนด้วยชุดที่ {expected.revision} แล้ว แต่ทุกรายการยังใช้ได้ จึงรับไว้",
            f"revision {code['revision']} is superseded by {expected.revision}; everything in it still holds",
        )


# Who was picked?


def _pick_by_name(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _identified(form, expected):
        if producer_id in expected.candidates and name_key(pick.text) == name_key(expected.candidates[producer_id]):
            yield info(
                "pick-by-name",
                pick.cell,
                f"ช่อง {pick.cell} พิมพ์ชื่อกลุ่มแทนรหัส ตรงกับ {producer_id} เพียงกลุ่มเดียว จึงรับไว้",
                f"a name was typed; it is {producer_id} alone",
            )


def _pick_name_ambiguous(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick in form.picks:
        named = _named(name_key(pick.text), expected)
        if _identify(pick, expected) is None and len(named) > 1:
            ids = ", ".join(sorted(named))
            yield block(
                "pick-name-ambiguous",
                pick.cell,
                f"ช่อง {pick.cell}: มีกลุ่มชื่อนี้มากกว่าหนึ่งกลุ่ม ({ids}) ให้เลือกจากรายการในช่องแทนการพิมพ์ชื่อ",
                f"more than one group has this name ({ids}); choose by id",
            )


def _pick_name_differs(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    """An id followed by somebody else's name may mean either of the two."""
    for pick, producer_id in _identified(form, expected):
        written = name_key(clean(pick.text).removeprefix(pick.producer_id_guess))
        own = _own_names(producer_id, expected)
        if not written or producer_id != pick.producer_id_guess or written in own:
            continue
        others = [i for i in _named(written, expected) if i != producer_id]
        if others:
            yield block(
                "pick-id-name-conflict",
                pick.cell,
                f"ช่อง {pick.cell}: รหัส {producer_id} กับชื่อที่พิมพ์เป็นคนละกลุ่ม (ชื่อนี้คือ {others[0]}) ให้เลือกจากรายการใหม่",
                f"the id is {producer_id} but the name is that of {others[0]}",
            )
        else:
            yield warn(
                "pick-name-differs",
                pick.cell,
                f"ช่อง {pick.cell}: ชื่อที่พิมพ์ไม่ตรงกับชื่อของ {producer_id} ในทะเบียน ระบบถือตามรหัส โปรดตรวจอีกครั้ง",
                f"the name written beside {producer_id} is not the register's; the id counts",
            )


def _own_names(producer_id: str, expected: Expected) -> set[str]:
    names = []
    if producer_id in expected.candidates:
        names.append(expected.candidates[producer_id])
    if producer_id in expected.register:
        names.append(expected.register[producer_id].name)
    labels = [choice_label(producer_id, name).removeprefix(producer_id) for name in names]
    return {name_key(text) for text in [*names, *labels]}


def _pick_not_in_register(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick in form.picks:
        if _identify(pick, expected) is None and not _named(name_key(pick.text), expected):
            yield block(
                "pick-not-in-register",
                pick.cell,
                f"ช่อง {pick.cell}: ไม่พบกลุ่มนี้ในทะเบียนผู้ผลิตของจังหวัด ให้เลือกจากรายการในช่อง หรือแจ้งจังหวัดให้ตรวจทะเบียน",
                "no such producer in the province's register; choose from the list or ask the province",
            )


def _pick_of_other_district(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _outside(form, expected):
        home = expected.register[producer_id].district_code
        if home != expected.district.code:
            known = districts().get(home)
            whose = known.title_th if known else home
            yield block(
                "pick-other-district",
                pick.cell,
                f"ช่อง {pick.cell}: กลุ่ม {producer_id} อยู่ใน{whose} ให้เลือกกลุ่มที่ผลิตใน{expected.district.title_th}",
                f"{producer_id} belongs to district {home}",
            )


def _pick_ineligible(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _outside_at_home(form, expected, "ineligible"):
        reason = expected.register[producer_id].reason_th
        yield block(
            "pick-ineligible",
            pick.cell,
            f"ช่อง {pick.cell}: กลุ่ม {producer_id} ไม่เข้าเกณฑ์ ({reason}) ให้เลือกกลุ่มอื่นจากรายการ",
            f"{producer_id} is not eligible ({reason})",
        )


def _pick_unknown(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _outside_at_home(form, expected, "unknown"):
        reason = expected.register[producer_id].reason_th
        yield block(
            "pick-unsettled",
            pick.cell,
            f"ช่อง {pick.cell}: กลุ่ม {producer_id} ยังวินิจฉัยไม่ได้ ({reason}) ให้แจ้งจังหวัดวินิจฉัยก่อน หรือเลือกกลุ่มอื่น",
            f"{producer_id} is not settled yet ({reason}); ask the province to settle it",
        )


def _pick_not_offered(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _outside_at_home(form, expected, "eligible"):
        yield block(
            "pick-not-offered",
            pick.cell,
            f"ช่อง {pick.cell}: กลุ่ม {producer_id} ไม่อยู่ในบัญชีที่ส่งให้อำเภอ ให้เลือกจากรายการ หรือสอบถามจังหวัด",
            f"{producer_id} is not on the list that the district was sent",
        )


def _outside_at_home(form: FilledForm, expected: Expected, verdict: str) -> Iterator[tuple[Pick, str]]:
    for pick, producer_id in _outside(form, expected):
        standing = expected.register[producer_id]
        if standing.district_code == expected.district.code and standing.verdict == verdict:
            yield pick, producer_id


def _pick_twice(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for pick, producer_id in _identified(form, expected):
        if producer_id in first:
            yield block(
                "pick-twice",
                pick.cell,
                f"ช่อง {pick.cell}: กลุ่ม {producer_id} ซ้ำกับช่อง {first[producer_id]} ให้เลือกกลุ่มอื่นหรือลบช่องใดช่องหนึ่ง",
                f"{producer_id} was already picked in {first[producer_id]}",
            )
        else:
            first[producer_id] = pick.cell


def _picked_elsewhere(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    for pick, producer_id in _identified(form, expected):
        if producer_id in expected.picked_elsewhere:
            whose = expected.picked_elsewhere[producer_id]
            yield block(
                "pick-elsewhere",
                pick.cell,
                f"ช่อง {pick.cell}: กลุ่ม {producer_id} ถูก{whose}เลือกไปแล้ว ให้เลือกกลุ่มอื่น หรือประสานจังหวัด",
                f"{producer_id} has been picked by another district",
            )


def _pick_linked(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    """One group registered under two numbers is one group."""
    first: dict[str, tuple[str, str]] = {}
    elsewhere = {expected.identity(i): (i, whose) for i, whose in expected.picked_elsewhere.items()}
    for pick, producer_id in _identified(form, expected):
        identity = expected.identity(producer_id)
        twin, cell = first.setdefault(identity, (producer_id, pick.cell))
        if twin != producer_id:
            yield block(
                "pick-linked",
                pick.cell,
                f"ช่อง {pick.cell}: กลุ่ม {producer_id} คือกลุ่มเดียวกับ {twin} ในช่อง {cell} ซึ่งขึ้นทะเบียนไว้สองรหัส "
                "ให้เลือกกลุ่มอื่นหรือลบช่องใดช่องหนึ่ง",
                f"{producer_id} is the same group as {twin}, already picked in {cell}",
            )
        twin, whose = elsewhere.get(identity, (producer_id, ""))
        if twin != producer_id:
            yield block(
                "pick-linked",
                pick.cell,
                f"ช่อง {pick.cell}: กลุ่ม {producer_id} คือกลุ่มเดียวกับ {twin} ที่{whose}เลือกไปแล้ว ให้เลือกกลุ่มอื่น หรือประสานจังหวัด",
                f"{producer_id} is the same group as {twin}, picked by another district",
            )


# How many?


def _over_quota(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    over = form.picks[expected.quota :]
    if over:
        cells = ", ".join(pick.cell for pick in over)
        yield block(
            "over-quota",
            cells,
            f"เลือก {len(form.picks)} กลุ่ม เกินจำนวนจัดสรร {expected.quota} กลุ่ม ให้ลบช่อง {cells} หรือช่องอื่นจนเท่าจำนวน",
            f"{len(form.picks)} picks for a quota of {expected.quota}",
        )


def _short(form: FilledForm, expected: Expected) -> bool:
    return 0 < len(form.picks) < expected.quota


def _short_without_reason(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    if _short(form, expected) and not form.reason:
        yield block(
            "short-without-reason",
            form.reason_cell,
            f"เลือก {len(form.picks)} กลุ่ม น้อยกว่าจำนวนจัดสรร {expected.quota} กลุ่ม "
            f"ให้เลือกเพิ่ม หรือกรอกเหตุผลในช่อง {form.reason_cell}",
            f"{len(form.picks)} picks for a quota of {expected.quota} and no reason",
        )


def _short_with_reason(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    if _short(form, expected) and form.reason:
        yield warn(
            "short-with-reason",
            form.reason_cell,
            f"เลือก {len(form.picks)} กลุ่ม น้อยกว่าจำนวนจัดสรร {expected.quota} กลุ่ม โดยให้เหตุผลไว้ในช่อง {form.reason_cell}",
            f"{len(form.picks)} picks for a quota of {expected.quota}, with a reason",
        )


def _nil_unclear(form: FilledForm, _: Expected) -> Iterator[Finding]:
    if form.nil_cell is not None and not form.is_nil:
        yield block(
            "nil-unclear",
            form.nil_cell,
            f"ช่อง {form.nil_cell}: ให้เลือกคำว่า “ไม่มี” เมื่อไม่มีกลุ่มที่เข้าเกณฑ์ หรือเว้นว่างไว้",
            "the nil-return cell holds another word than the agreed one",
        )


def _nil_with_picks(form: FilledForm, _: Expected) -> Iterator[Finding]:
    if form.is_nil and form.picks:
        cell = form.nil_cell or form.form_code
        yield block(
            "nil-with-picks",
            cell,
            f"ช่อง {cell} รายงานว่าไม่มีกลุ่ม แต่มีรายชื่อในช่อง {form.picks[0].cell} ให้ลบอย่างใดอย่างหนึ่ง",
            "a nil return together with picks",
        )


def _free(expected: Expected) -> list[str]:
    """The candidates that nobody else has picked, under any of their ids."""
    taken = {expected.identity(i) for i in expected.picked_elsewhere}
    return [i for i in expected.candidates if expected.identity(i) not in taken]


def _nil_hides_candidates(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    free = _free(expected)
    if form.is_nil and expected.quota and free:
        cell = form.nil_cell or form.form_code
        yield block(
            "nil-hides-candidates",
            cell,
            f"ช่อง {cell} รายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์ แต่มีอยู่ {len(free)} กลุ่ม ให้เลือกจากรายการ หรือเลือกเท่าที่ได้และกรอกเหตุผลที่ไม่ครบ",
            f"a nil return although {len(free)} candidates may be picked",
        )


def _nil_return(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    if form.is_nil and expected.quota and not form.picks and not _free(expected):
        yield warn(
            "nil-return",
            form.nil_cell or form.form_code,
            f"อำเภอรายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์ ขาดจากจำนวนจัดสรร {expected.quota} กลุ่ม",
            f"a nil return; {expected.quota} places stay empty",
        )


def _nothing_filled(form: FilledForm, expected: Expected) -> Iterator[Finding]:
    if expected.quota and not form.picks and form.nil_cell is None:
        yield block(
            "form-empty",
            form.form_code,
            "แบบยังว่างอยู่ ให้เลือกกลุ่มในช่องรหัสกลุ่ม หรือเลือก “ไม่มี” ในช่องรายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์",
            "neither picks nor a nil return",
        )


# Who reports?


def _reporter_missing(form: FilledForm, _: Expected) -> Iterator[Finding]:
    if not form.reporter:
        yield warn(
            "reporter-missing",
            form.form_code,
            "ไม่ได้กรอกชื่อผู้รายงาน ให้แจ้งชื่อและตำแหน่งผู้รายงานต่อจังหวัด",
            "the reporter's name is missing",
        )


_Check = Callable[[FilledForm, Expected], Iterator[Finding]]
_ADDRESS_CHECKS: tuple[_Check, ...] = (_programme_form, _cycle_of_form, _district_of_form, _revision_of_form)
_CONTENT_CHECKS: tuple[_Check, ...] = (
    _pick_by_name,
    _pick_name_ambiguous,
    _pick_name_differs,
    _pick_not_in_register,
    _pick_of_other_district,
    _pick_ineligible,
    _pick_unknown,
    _pick_not_offered,
    _pick_twice,
    _picked_elsewhere,
    _pick_linked,
    _over_quota,
    _short_without_reason,
    _short_with_reason,
    _nil_unclear,
    _nil_with_picks,
    _nil_hides_candidates,
    _nil_return,
    _nothing_filled,
    _reporter_missing,
)
