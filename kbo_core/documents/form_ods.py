"""The report form as ODS: the same sheets, choices, look-ups and locked cells as the XLSX.

Written part by part, for the libraries for this format know neither validations nor protection, and stamp the hour.
"""

import re
import zipfile
from collections.abc import Iterable
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from kbo_core.documents import form_contents as contents
from kbo_core.documents import form_layout as layout
from kbo_core.documents.papers import Packet

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "office": f"{_OASIS}:office:1.0",
        "table": f"{_OASIS}:table:1.0",
        "text": f"{_OASIS}:text:1.0",
        "style": f"{_OASIS}:style:1.0",
        "number": f"{_OASIS}:datastyle:1.0",
        "meta": f"{_OASIS}:meta:1.0",
        "fo": f"{_OASIS}:xsl-fo-compatible:1.0",
        "svg": f"{_OASIS}:svg-compatible:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "of": f"{_OASIS}:of:1.2",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }.items()
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
# Without it a name with brackets would be looked up as a regular expression.
_SETTINGS = (
    '<table:calculation-settings table:case-sensitive="false" table:use-regular-expressions="false" '
    'table:search-criteria-must-apply-to-whole-cell="true"/>'
)
_STAMP = (1980, 1, 1, 0, 0, 0)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FACE = "TH SarabunPSK"
_WIDTH = len(layout.HEADERS)
_COLUMNS_CM = (2.4, 11.0, 11.0, 11.0, 3.6)  # scaled to the width of the page
_HELP_COLUMNS_CM = (4.0, 12.5, 18.5, 4.5)
_BORDER = 'fo:border="0.5pt solid #000000" '
_WRAP = 'fo:wrap-option="wrap" '
_FILL = 'fo:background-color="#FFF7CC" style:cell-protect="none" '

# Name, cell properties, alignment, weight and slant of each look.
_LOOKS: tuple[tuple[str, str, str, str], ...] = (
    ("title", _WRAP, "center", 'fo:font-weight="bold" style:font-weight-complex="bold"'),
    ("note", "", "center", 'fo:font-style="italic" style:font-style-complex="italic"'),
    ("label", "", "start", 'fo:font-weight="bold" style:font-weight-complex="bold"'),
    ("value", "", "start", ""),
    ("line", _WRAP, "start", ""),
    (
        "header",
        _BORDER + _WRAP + 'fo:background-color="#DDE6EE" ',
        "center",
        'fo:font-weight="bold" style:font-weight-complex="bold"',
    ),
    ("number", _BORDER, "center", ""),
    ("cell", _BORDER + _WRAP, "start", ""),
    ("answer", _BORDER + _WRAP + _FILL, "start", ""),
)


def report_form_ods(packet: Packet) -> bytes:
    """The form of one district; the same packet gives the same bytes."""
    parts = {
        "content.xml": _content(packet),
        "styles.xml": _styles(packet),
        "meta.xml": _meta(packet),
        "META-INF/manifest.xml": _manifest(),
    }
    output = BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", _STAMP), MIMETYPE)  # first and not packed, as the format asks
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _HEAD + text)
    return output.getvalue()


# Cells and rows


def _text(text: str) -> str:
    """Paragraphs: blanks side by side and tabs are elements, for as letters they would be one blank."""
    plain = escape(_NOT_XML.sub("", text))
    spaced = re.sub("^ | (?= )", "<text:s/>", plain, flags=re.MULTILINE).replace("\t", "<text:tab/>")
    return "".join(f"<text:p>{line}</text:p>" for line in spaced.splitlines() or [""])


def _cell(look: str, text: str, *, across: int = 1) -> str:
    """A cell that holds text and nothing but text, whatever it begins with."""
    span = f' table:number-columns-spanned="{across}" table:number-rows-spanned="1"' if across > 1 else ""
    covered = f'<table:covered-table-cell table:number-columns-repeated="{across - 1}"/>' if across > 1 else ""
    return (
        f'<table:table-cell table:style-name="{look}" office:value-type="string" calcext:value-type="string"{span}>'
        f"{_text(text)}</table:table-cell>{covered}"
    )


def _number(look: str, number: int) -> str:
    return (
        f'<table:table-cell table:style-name="{look}" office:value-type="float" office:value="{number}" '
        f'calcext:value-type="float"><text:p>{number}</text:p></table:table-cell>'
    )


def _formula(look: str, formula: str, shown: str) -> str:
    return (
        f'<table:table-cell table:style-name="{look}" table:formula={quoteattr(formula)} office:value-type="string" '
        f'office:string-value={quoteattr(shown)} calcext:value-type="string">{_text(shown)}</table:table-cell>'
    )


def _blank(look: str = "", *, validation: str = "", count: int = 1) -> str:
    style = f' table:style-name="{look}"' if look else ""
    checked = f' table:content-validation-name="{validation}"' if validation else ""
    return f'<table:table-cell{style}{checked} table:number-columns-repeated="{count}"/>'


def _row(height: str, *cells: str) -> str:
    return f'<table:table-row table:style-name="{height}">{"".join(cells)}</table:table-row>'


def _table(name: str, style: str, columns: Iterable[str], rows: Iterable[str], *, extra: str = "") -> str:
    widths = "".join(f'<table:table-column table:style-name="{column}"/>' for column in columns)
    return (
        f'<table:table table:name="{name}" table:style-name="{style}" table:protected="true">'
        f"{widths}{''.join(rows)}{extra}</table:table>"
    )


# The sheets


def _content(packet: Packet) -> str:
    head = [_row("high", _cell("title", contents.title(packet), across=_WIDTH))]
    head.append(_row("plain", _cell("note", layout.OWN_FORM_NOTE, across=_WIDTH)))
    head += [
        _row("plain", _cell("label", label), _blank(), _cell("value", text)) for label, text in contents.facts(packet)
    ]
    head += [_row("plain", _cell("line", line, across=_WIDTH)) for line in layout.INSTRUCTIONS]
    if not packet.candidates:
        head.append(_row("plain", _cell("label", layout.NO_CANDIDATES, across=_WIDTH)))
    header = _row("plain", *[_cell("header", text) for text in layout.HEADERS])
    first = len(head) + 2  # the number, as people count, of the first line of the table
    lines = [_pick_line(packet, number, first) for number in range(1, packet.quota + 1)]
    foot = _foot(packet, first)
    rows = [*head, f"<table:table-header-rows>{header}</table:table-header-rows>", *lines, *foot]
    nil_row = first + packet.quota + 1
    form = _table(
        layout.SHEET,
        "form",
        [f"column{n}" for n in range(_WIDTH)],
        rows,
        extra=_duplicates(first, packet.quota) if packet.quota else "",
    )
    candidates = [_row("plain", *[_cell("value", text) for text in cells]) for cells in contents.candidate_rows(packet)]
    marks = [_row("plain", _cell("value", text)) for _, text in contents.marks(packet)]
    blank = [_row("plain", _blank())]
    sheets = [
        form,
        _help(),
        _table(layout.CANDIDATE_SHEET, "hidden", ["column1"] * 4, candidates or blank),
        _table(layout.MARK_SHEET, "hidden", ["column1"], marks),
    ]
    return (
        f'<office:document-content {_SPACES} office:version="1.3"><office:automatic-styles>{_automatic(packet)}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{_SETTINGS}{_validations(packet, first, nil_row)}"
        f"{''.join(sheets)}</office:spreadsheet></office:body></office:document-content>"
    )


def _pick_line(packet: Packet, number: int, first: int) -> str:
    row = first + number - 1
    validation = "choice" if packet.candidates else ""
    looked_up = [_formula("cell", _lookup(row, letter, packet), "") for letter in "BCD"]
    return _row("pick", _number("number", number), _blank("answer", validation=validation), *looked_up)


def _lookup(row: int, letter: str, packet: Packet) -> str:
    cell, listed = f"[.$B{row}]", len(packet.candidates)
    if not listed:
        return f'of:=IF({cell}="";"";"{layout.NOT_LISTED}")'
    sheet = f"$'{layout.CANDIDATE_SHEET}'"
    found = f"INDEX([{sheet}.${letter}$1:.${letter}${listed}];MATCH({cell};[{sheet}.$A$1:.$A${listed}];0))"
    return f'of:=IF({cell}="";"";IFERROR({found}&"";"{layout.NOT_LISTED}"))'


def _foot(packet: Packet, first: int) -> list[str]:
    shown = f"0 / {packet.quota}"
    lines = f"[.$B${first}:.$B${first + packet.quota - 1}]"
    count = (
        _formula("label", f'of:=COUNTA({lines})&" / {packet.quota}"', shown) if packet.quota else _cell("label", shown)
    )
    rows = [_row("plain", _cell("label", layout.COUNT_LABEL), _blank(), count)]
    for label in layout.ANSWERS:
        answer = _blank("answer", validation="nil" if label == layout.NIL_LABEL else "")
        rows.append(
            _row("reason" if label == layout.REASON_LABEL else "plain", _cell("label", label), _blank(), answer)
        )
    # Again below the lines: whoever copies only the table and its foot copies the code too.
    code = _cell("value", packet.form_code)
    return [*rows, _row("plain", _cell("label", layout.FORM_CODE_LABEL), _blank(), code)]


def _help() -> str:
    title = _row("plain", _cell("title", layout.HELP_TITLE, across=len(layout.HELP_HEADERS)))
    header = _row("plain", *[_cell("header", text) for text in layout.HELP_HEADERS])
    rows = [
        _row("plain" if contents.help_lines(cells) == 1 else "two", *[_cell("cell", text) for text in cells])
        for cells in contents.help_rows()
    ]
    columns = [f"help-column{n}" for n in range(len(layout.HELP_HEADERS))]
    headed = f"<table:table-header-rows>{header}</table:table-header-rows>"
    return _table(layout.HELP_SHEET, "form", columns, [title, headed, *rows])


def _duplicates(first: int, quota: int) -> str:
    lines = f"'{layout.SHEET}'.B{first}:'{layout.SHEET}'.B{first + quota - 1}"
    return (
        f'<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address="{lines}">'
        f'<calcext:condition calcext:apply-style-name="wrong" calcext:value="duplicate" '
        f"calcext:base-cell-address=\"'{layout.SHEET}'.B{first}\"/>"
        "</calcext:conditional-format></calcext:conditional-formats>"
    )


def _validations(packet: Packet, first: int, nil_row: int) -> str:
    choices = f"[$'{layout.CANDIDATE_SHEET}'.$A$1:.$A${len(packet.candidates)}]"
    pick = _validation(
        "choice",
        f"of:cell-content-is-in-list({choices})",
        f"B{first}",
        (layout.PICK_TITLE, layout.PICK_MESSAGE),
        ("warning", layout.WRONG_TITLE, layout.WRONG_MESSAGE),
    )
    nil = _validation(
        "nil",
        f'of:cell-content-is-in-list("{layout.NIL_WORD}")',
        f"C{nil_row}",
        (layout.NIL_TITLE, layout.NIL_MESSAGE),
        ("stop", layout.NOT_NIL_TITLE, layout.NOT_NIL_MESSAGE),
    )
    return f"<table:content-validations>{pick if packet.candidates else ''}{nil}</table:content-validations>"


def _validation(name: str, condition: str, cell: str, told: tuple[str, str], error: tuple[str, str, str]) -> str:
    return (
        f'<table:content-validation table:name="{name}" table:condition={quoteattr(condition)} '
        f'table:allow-empty-cell="true" table:display-list="unsorted" '
        f"table:base-cell-address=\"'{layout.SHEET}'.{cell}\">"
        f'<table:help-message table:title={quoteattr(told[0])} table:display="true">{_text(told[1])}'
        "</table:help-message>"
        f'<table:error-message table:message-type="{error[0]}" table:title={quoteattr(error[1])} table:display="true">'
        f"{_text(error[2])}</table:error-message></table:content-validation>"
    )


# Styles


def _automatic(packet: Packet) -> str:
    columns = {f"column{n}": cm for n, cm in enumerate(_COLUMNS_CM)}
    columns |= {f"help-column{n}": cm for n, cm in enumerate(_HELP_COLUMNS_CM)}
    heights = {"plain": 26, "high": 36, "reason": 60, "pick": contents.line_height(packet), "two": 52}
    return "".join([
        *[_column_style(name, cm) for name, cm in columns.items()],
        *[_row_style(name, points) for name, points in heights.items()],
        _table_style("form", is_shown=True),
        _table_style("hidden", is_shown=False),
        *[_look(*look) for look in _LOOKS],
    ])  # fmt: skip


def _column_style(name: str, cm: float) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{cm}cm"/></style:style>'
    )


def _row_style(name: str, points: int) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-row"><style:table-row-properties '
        f'style:row-height="{points}pt" style:use-optimal-row-height="false"/></style:style>'
    )


def _table_style(name: str, *, is_shown: bool) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table" style:master-page-name="page">'
        f'<style:table-properties table:display="{str(is_shown).lower()}"/></style:style>'
    )


def _look(name: str, properties: str, align: str, letters: str) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default" '
        f'style:data-style-name="text"><style:table-cell-properties {properties}style:vertical-align="middle" '
        f'style:text-align-source="fix"/><style:paragraph-properties fo:text-align="{align}"/>'
        f"<style:text-properties {letters}/></style:style>"
    ).replace(' style:data-style-name="text"', "" if name == "number" else ' style:data-style-name="text"')


def _styles(packet: Packet) -> str:
    face = (
        f'style:font-name="{_FACE}" style:font-name-asian="{_FACE}" style:font-name-complex="{_FACE}" '
        'fo:font-size="16pt" style:font-size-asian="16pt" style:font-size-complex="16pt" '
        'fo:language="th" fo:country="TH" style:language-complex="th" style:country-complex="TH"'
    )
    return (
        f'<office:document-styles {_SPACES} office:version="1.3"><office:font-face-decls>'
        f'<style:font-face style:name="{_FACE}" svg:font-family="\'{_FACE}\'"/></office:font-face-decls>'
        '<office:styles><number:text-style style:name="text"><number:text-content/></number:text-style>'
        f'<style:style style:name="Default" style:family="table-cell"><style:text-properties {face}/></style:style>'
        '<style:style style:name="wrong" style:family="table-cell" style:parent-style-name="Default">'
        '<style:table-cell-properties fo:background-color="#F8C9C4"/></style:style></office:styles>'
        '<office:automatic-styles><style:page-layout style:name="a4"><style:page-layout-properties '
        'fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" fo:margin-top="1cm" '
        'fo:margin-bottom="1cm" fo:margin-left="1.5cm" fo:margin-right="1.5cm" '
        'style:scale-to-X="1" style:scale-to-Y="0"/><style:footer-style><style:header-footer-properties '
        'fo:min-height="0.8cm" fo:margin-top="0.2cm" fo:margin-left="0cm" fo:margin-right="0cm"/></style:footer-style>'
        "</style:page-layout></office:automatic-styles>"
        '<office:master-styles><style:master-page style:name="page" style:page-layout-name="a4">'
        '<style:header style:display="false"/><style:footer>'
        f"<style:region-left>{_text(packet.form_code)}</style:region-left><style:region-right><text:p>"
        "<text:page-number>1</text:page-number>/<text:page-count>1</text:page-count></text:p></style:region-right>"
        "</style:footer></style:master-page></office:master-styles></office:document-styles>"
    )


def _meta(packet: Packet) -> str:
    marks = "".join(
        f'<meta:user-defined meta:name="{key}">{escape(text)}</meta:user-defined>'
        for key, text in contents.marks(packet)
    )
    return (
        f'<office:document-meta {_SPACES} office:version="1.3"><office:meta><dc:title>{escape(layout.TITLE)}</dc:title>'
        f"<dc:subject>{escape(packet.form_code)}</dc:subject><dc:date>{packet.made_on.isoformat()}T00:00:00</dc:date>"
        f"<meta:creation-date>{packet.made_on.isoformat()}T00:00:00</meta:creation-date>{marks}</office:meta>"
        "</office:document-meta>"
    )


def _manifest() -> str:
    entries = {"/": MIMETYPE, "content.xml": "text/xml", "styles.xml": "text/xml", "meta.xml": "text/xml"}
    files = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in entries.items()
    )
    return (
        f'<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0" manifest:version="1.3">{files}</manifest:manifest>'
    )
