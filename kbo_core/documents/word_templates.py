"""The Word templates that come with the programme; an office may replace each with one of its own."""

from functools import cache

from kbo_core.documents.paper_style import Face, Form, PaperStyle
from kbo_core.documents.word_parts import WIDTH, beside, document, paragraph, row, rows_of, run, table, tag

# Twentieths of a point, as the same letters are laid out for print in templates/*.typ.
_INDENT = 1417  # 2.5 cm
_PLACE = 5953  # 10.5 cm: where the sender's place begins
_SIGNATURE = 3969  # 7 cm: the signature is centred in what is right of it
_INITIALS_AT = 4762  # 8.4 cm
_GAP = 120
_CLAUSE = 680
# A field's words begin 8 points after its name.
_FIELDS = {"เรื่อง": 560, "เรียน": 595, "อ้างถึง": 710, "สิ่งที่ส่งมาด้วย": 1320}
_DOTS = "." * 80
_NUMBER = f"ที่ {{{{ number_prefix }}}} {_DOTS[:17]} / {_DOTS[:26]}"
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
            paragraph(run("{{ urgency }}", bold=True, style="Loud", red=True), after=_GAP),
            tag("endif"),
            *_letterhead(f"ที่ {{{{ number }}}} {_DOTS[:26]}", "{{ month }}"),
            *_fields("เรื่อง", "เรียน", "อ้างถึง"),
            *_paragraphs("before"),
            tag("if rows"),
            table((10, 46, 28, 28, 24, 24), heads, rows_of("rows", cells, aligned)),
            tag("endif"),
            *_paragraphs("after"),
            *_closing("ขอแสดงความนับถือ"),
        ],
        style,
    )


@cache
def covering_letter_template(style: PaperStyle) -> bytes:
    """The letter that a district's packet comes with, and its attachments."""
    if style.form is Form.MEMORANDUM:
        head = [
            paragraph(run("บันทึกข้อความ", bold=True, style="Title"), align="center", after=_GAP),
            paragraph(run("ส่วนราชการ", bold=True), run(f" {{{{ office }}}}  โทร. {_DOTS[:32]}"), after=_GAP),
            paragraph(
                run("ที่", bold=True),
                run(_NUMBER.removeprefix("ที่") + "\t"),
                run("วันที่", bold=True),
                run(" {{ made_on }}"),
                tabs=(("left", WIDTH // 2),),
                after=_GAP,
            ),
            *_fields("เรื่อง", is_bold=True),
            *_fields("เรียน"),
        ]
        closing = _closing("")
    else:
        head = [
            *_letterhead(_NUMBER, "{{ made_on }}"),
            *_fields("เรื่อง", "เรียน", "อ้างถึง"),
            *_enclosures(),
        ]
        closing = _closing("ขอแสดงความนับถือ")
    body = [*head, *_paragraphs("before"), *_paragraphs("steps"), *_paragraphs("after"), *closing]
    return document([*body, *_guideline(), *_lists()], style)


@cache
def department_letter_template(face: Face = Face.SARABUN) -> bytes:
    """The letter that the consolidated report goes to the department with."""
    signer = paragraph(run("{{ line }}"), indent=_SIGNATURE, align="center", is_kept=True)
    initials = paragraph(run("{{ role }} \t", style="Note"), tabs=(("dots", WIDTH - _INITIALS_AT),), is_kept=True)
    return document(
        [
            *_letterhead(f"ที่ {{{{ number }}}} / {_DOTS[:26]}", "{{ month }}"),
            *_fields("เรื่อง", "เรียน", "อ้างถึง"),
            *_enclosures(),
            *_paragraphs("before"),
            *_paragraphs("after"),
            paragraph(run("ขอแสดงความนับถือ"), indent=_SIGNATURE, align="center", is_kept=True, before=240, after=1000),
            *(tag("for line in signer"), signer, tag("endfor")),
            beside(
                (_INITIALS_AT, WIDTH - _INITIALS_AT),
                _contact(),
                (tag("for role in initials"), initials, tag("endfor")),
            ),
            paragraph(run("")),
        ],
        PaperStyle(face=face),
    )


def _letterhead(number: str, day: str) -> list[str]:
    stops = (("left", _PLACE),)
    return [
        paragraph(run(f"{number}\t{{{{ place }}}}"), tabs=stops),
        paragraph(run(f"\t{_DOTS[:48]}"), tabs=stops, after=_GAP),
        paragraph(run(day), align="center", after=_GAP),
    ]


def _fields(*names: str, is_bold: bool = False) -> list[str]:
    values = {"เรื่อง": "subject", "เรียน": "addressee", "อ้างถึง": "reference"}
    return [
        paragraph(
            run(name, bold=is_bold),
            run(f"\t{{{{ {values[name]} }}}}"),
            indent=_FIELDS[name],
            hanging=_FIELDS[name],
            after=_GAP,
        )
        for name in names
    ]


def _enclosures() -> list[str]:
    name = "สิ่งที่ส่งมาด้วย"
    line = run(f"{{% if loop.first %}}{name}{{% endif %}}\t{{{{ enclosure.name }}}}\t{{{{ enclosure.copies }}}}")
    return [
        tag("for enclosure in enclosures"),
        paragraph(line, indent=_FIELDS[name], hanging=_FIELDS[name], tabs=(("right", WIDTH),)),
        tag("endfor"),
    ]


def _paragraphs(name: str) -> list[str]:
    return [
        tag(f"for words in {name}"),
        paragraph(run("{{ words }}"), align=_LAID_OUT, first=_INDENT, before=_GAP, after=_GAP),
        tag("endfor"),
    ]


def _closing(farewell: str) -> list[str]:
    """Farewell, signature and contact on one page, together with the last paragraph's end."""
    lines = (f"( {_DOTS[:64]} )", f"ตำแหน่ง {_DOTS[:59]}", _DOTS[:73])
    signature = [
        paragraph(run(line), indent=_SIGNATURE, align="center", is_kept=True, before=0 if n else 1000, after=_GAP)
        for n, line in enumerate(lines)
    ]
    opening = [paragraph(run(farewell), indent=_SIGNATURE, align="center", is_kept=True, before=240)]
    return [*(opening if farewell else []), *signature, *_contact()]


def _contact() -> list[str]:
    return [
        paragraph(run("{{ office }}"), is_kept=True, before=400),
        paragraph(run(f"กลุ่มงาน {_DOTS[:53]}"), is_kept=True),
        paragraph(run(f"โทร. {_DOTS[:43]}")),
    ]


def _guideline() -> list[str]:
    return [
        paragraph(run("{{ enclosure_word }} {{ numbers[0] }}"), align="right", starts_page=True),
        paragraph(run("{{ guideline_title }}"), style="Heading1"),
        tag("for clause in guideline"),
        paragraph(run("({{ clause.number }})\t{{ clause.text }}"), indent=_CLAUSE, hanging=_CLAUSE, after=_GAP),
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
            (12, 76, 32, 40),
            ("ที่", "อำเภอ", "จำนวน (กลุ่ม)", "หมายเหตุ"),
            [
                *rows_of("quotas", _cells(quota), ("center", "left", "center", "center"), marked="own"),
                row(("รวม", "{{ quota_total }}", ""), ("center",) * 3, bold=True, first_spans=2),
            ],
        ),
        paragraph(run("{{ candidate_title }}"), style="Heading1"),
        paragraph(run("{{ candidate_note }}"), after=_GAP),
        tag("if candidates"),
        table(
            (90, 190, 388, 336, 110, 150, 336),
            ("ที่", "รหัส", "ชื่อกลุ่ม", "ผลิตภัณฑ์", "ดาว", "ลำดับเกณฑ์", "เหตุที่เข้าเกณฑ์"),
            rows_of("candidates", _cells(candidate), ("center", "left", "left", "left", "center", "center", "left")),
        ),
        tag("endif"),
        paragraph(run("{{ barred_title }}"), style="Heading1"),
        tag("if barred"),
        table(
            (128, 32),
            ("เหตุ", "จำนวน (กลุ่ม)"),
            rows_of("barred", _cells(("reason", "count")), ("left", "center")),
        ),
        tag("else"),
        paragraph(run("ไม่มี")),
        tag("endif"),
        paragraph(run("{{ unknown_note }}"), before=_GAP),
        tag("if ineligible"),
        paragraph(run("{{ ineligible_title }}"), style="Heading1"),
        table(
            (100, 220, 610, 670),
            ("ที่", "รหัส", "ชื่อกลุ่ม", "เหตุที่ไม่เข้าเกณฑ์"),
            rows_of("ineligible", _cells(ineligible), ("center", "left", "left", "left")),
        ),
        tag("endif"),
    ]


def _cells(names: tuple[str, ...]) -> list[str]:
    return [f"{{{{ line.{name} }}}}" for name in names]
