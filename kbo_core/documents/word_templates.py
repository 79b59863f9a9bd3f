"""The Word templates that come with the programme; an office may replace each with one of its own."""

from functools import cache

from kbo_core.documents.paper_style import Form, PaperStyle
from kbo_core.documents.word_parts import document, paragraph, row, rows_of, run, table, tag

_INDENT = 1417  # 2.5 cm
_MIDDLE = 5103  # where the sender's place, and the signature, begin
_FIELD = 1020
_WIDE_FIELD = 1560
_LOUD = 64  # the regulation asks for 32 points at least
_TITLE = 58
_DOTS = "." * 40
_NUMBER = "ที่ {{ number_prefix }} ............ / ...................."
_LAID_OUT = "thaiDistribute"


@cache
def follow_up_template(style: PaperStyle) -> bytes:
    """The letter that presses districts which are overdue."""
    aligned = ("center", "left", "center", "center", "center", "center")
    cells = [f"{{{{ line.{name} }}}}" for name in ("number", "district", "quota", "due", "days", "reminders")]
    heads = ("ที่", "อำเภอ", "จำนวนจัดสรร (กลุ่ม)", "กำหนดส่ง", "เกินกำหนด (วัน)", "ติดตามแล้ว (ครั้ง)")
    return document(
        [
            tag("if urgency"),
            paragraph(run("{{ urgency }}", bold=True, size=_LOUD, red=True)),
            tag("endif"),
            *_letterhead("ที่ {{ number }} ...................", "{{ month }}", _MIDDLE - 400),
            *_fields("เรื่อง", "เรียน", "อ้างถึง"),
            *_paragraphs("before"),
            tag("if rows"),
            table((6, 22, 18, 22, 16, 16), heads, rows_of("rows", cells, aligned)),
            tag("endif"),
            *_paragraphs("after"),
            *_closing("ขอแสดงความนับถือ"),
        ],
        has_thai_digits=style.has_thai_digits,
    )


@cache
def covering_letter_template(style: PaperStyle) -> bytes:
    """The letter that a district's packet comes with, and its attachments."""
    if style.form is Form.MEMORANDUM:
        head = [
            paragraph(run("บันทึกข้อความ", bold=True, size=_TITLE), align="center"),
            paragraph(run("ส่วนราชการ", bold=True), run("  {{ office }}  โทร. ...................."), after=120),
            paragraph(
                run("ที่", bold=True),
                run(_NUMBER.removeprefix("ที่") + "\t"),
                run("วันที่", bold=True),
                run("  {{ made_on }}"),
                tabs=(("left", _MIDDLE),),
                after=60,
            ),
            *_fields("เรื่อง", is_bold=True),
            *_fields("เรียน"),
        ]
        closing = _closing("")
    else:
        head = [
            *_letterhead(_NUMBER, "{{ made_on }}", _MIDDLE - 1000),
            *_fields("เรื่อง", "เรียน", "อ้างถึง"),
            *_enclosures(),
        ]
        closing = _closing("ขอแสดงความนับถือ")
    body = [*head, *_paragraphs("before"), *_paragraphs("steps"), *_paragraphs("after"), *closing]
    return document([*body, *_guideline(), *_lists()], has_thai_digits=style.has_thai_digits)


@cache
def department_letter_template() -> bytes:
    """The letter that the consolidated report goes to the department with."""
    signer = paragraph(run("{{ line }}"), indent=_MIDDLE - 700, align="center", is_kept=True)
    initials = paragraph(run(f"{{{{ role }}}} {_DOTS}", size=24), indent=_MIDDLE, first=1, is_kept=True)
    return document(
        [
            *_letterhead("ที่ {{ number }} / ....................", "{{ month }}", _MIDDLE - 400),
            *_fields("เรื่อง", "เรียน", "อ้างถึง"),
            *_enclosures(),
            *_paragraphs("before"),
            *_paragraphs("after"),
            paragraph(run("ขอแสดงความนับถือ"), indent=_MIDDLE - 700, align="center", is_kept=True, before=240, after=900),
            *(tag("for line in signer"), signer, tag("endfor")),
            paragraph(run("{{ office }}"), is_kept=True, before=360),
            paragraph(run(f"กลุ่มงาน {_DOTS}"), is_kept=True),
            paragraph(run(f"โทร. {_DOTS}"), is_kept=True, after=120),
            *(tag("for role in initials"), initials, tag("endfor")),
        ],
        has_thai_digits=True,
    )


def _letterhead(number: str, day: str, at: int) -> list[str]:
    stops = (("left", _MIDDLE),)
    return [
        paragraph(run(f"{number}\t{{{{ place }}}}"), tabs=stops),
        paragraph(run(f"\t{_DOTS}"), tabs=stops),
        paragraph(run(day), indent=at, before=120),
    ]


def _fields(*names: str, is_bold: bool = False) -> list[str]:
    values = {"เรื่อง": "subject", "เรียน": "addressee", "อ้างถึง": "reference"}
    return [
        paragraph(
            run(name, bold=is_bold),
            run(f"\t{{{{ {values[name]} }}}}"),
            indent=_FIELD,
            hanging=_FIELD,
            before=60,
            after=60,
        )
        for name in names
    ]


def _enclosures() -> list[str]:
    stops = (("right", 9071),)
    line = run("{% if loop.first %}สิ่งที่ส่งมาด้วย{% endif %}\t{{ enclosure.name }}\t{{ enclosure.copies }}")
    return [
        tag("for enclosure in enclosures"),
        paragraph(line, indent=_WIDE_FIELD, hanging=_WIDE_FIELD, tabs=stops),
        tag("endfor"),
    ]


def _paragraphs(name: str) -> list[str]:
    return [
        tag(f"for words in {name}"),
        paragraph(run("{{ words }}"), align=_LAID_OUT, first=_INDENT, before=80, after=40),
        tag("endfor"),
    ]


def _closing(farewell: str) -> list[str]:
    """Farewell, signature and contact on one page, together with the last paragraph's end."""
    lines = (f"( {_DOTS}{_DOTS[:10]} )", f"ตำแหน่ง {_DOTS}", _DOTS + _DOTS[:14])
    signature = [
        paragraph(run(line), indent=_MIDDLE - 700, align="center", is_kept=True, before=900 if not n else 0)
        for n, line in enumerate(lines)
    ]
    opening = [paragraph(run(farewell), indent=_MIDDLE - 700, align="center", is_kept=True, before=240)]
    return [
        *(opening if farewell else []),
        *signature,
        paragraph(run("{{ office }}"), is_kept=True, before=360),
        paragraph(run(f"กลุ่มงาน {_DOTS}"), is_kept=True),
        paragraph(run(f"โทร. {_DOTS}")),
    ]


def _guideline() -> list[str]:
    return [
        paragraph(run("{{ enclosure_word }} {{ numbers[0] }}"), align="right", starts_page=True),
        paragraph(run("{{ guideline_title }}"), style="Heading1"),
        tag("for clause in guideline"),
        paragraph(run("({{ clause.number }})\t{{ clause.text }}"), indent=_FIELD, hanging=_FIELD, before=80),
        tag("endfor"),
    ]


def _lists() -> list[str]:
    quota = ("number", "name", "quota", "note")
    candidate = ("number", "id", "name", "products", "stars", "tier", "reason")
    ineligible = ("number", "id", "name", "reason")
    return [
        paragraph(run("{{ enclosure_word }} {{ numbers[1] }}"), align="right", starts_page=True),
        paragraph(run("{{ quota_title }}"), style="Heading1"),
        table(
            (8, 44, 22, 26),
            ("ที่", "อำเภอ", "จำนวน (กลุ่ม)", "หมายเหตุ"),
            [
                *rows_of("quotas", _cells(quota), ("center", "left", "center", "center"), marked="own"),
                row(("", "รวม", "{{ quota_total }}", ""), ("center", "center", "center", "center"), bold=True),
            ],
        ),
        paragraph(run("{{ candidate_title }}"), style="Heading1"),
        paragraph(run("{{ candidate_note }}"), after=80),
        tag("if candidates"),
        table(
            (7, 13, 25, 22, 8, 10, 25),
            ("ที่", "รหัส", "ชื่อกลุ่ม", "ผลิตภัณฑ์", "ดาว", "ลำดับเกณฑ์", "เหตุที่เข้าเกณฑ์"),
            rows_of("candidates", _cells(candidate), ("center", "left", "left", "left", "center", "center", "left")),
        ),
        tag("endif"),
        paragraph(run("{{ barred_title }}"), style="Heading1"),
        tag("if barred"),
        table(
            (74, 26),
            ("เหตุ", "จำนวน (กลุ่ม)"),
            rows_of("barred", _cells(("reason", "count")), ("left", "center")),
        ),
        tag("else"),
        paragraph(run("ไม่มี")),
        tag("endif"),
        paragraph(run("{{ unknown_note }}"), before=80),
        tag("if ineligible"),
        paragraph(run("{{ ineligible_title }}"), style="Heading1"),
        table(
            (7, 15, 38, 40),
            ("ที่", "รหัส", "ชื่อกลุ่ม", "เหตุที่ไม่เข้าเกณฑ์"),
            rows_of("ineligible", _cells(ineligible), ("center", "left", "left", "left")),
        ),
        tag("endif"),
    ]


def _cells(names: tuple[str, ...]) -> list[str]:
    return [f"{{{{ line.{name} }}}}" for name in names]
