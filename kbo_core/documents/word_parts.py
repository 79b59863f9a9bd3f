"""The parts of a Word document (WordprocessingML), as the templates of the papers need them.

A bare document, so that an office finds nothing in its template that it did not ask for.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from kbo_core.documents.paper_style import PaperStyle
from kbo_core.documents.word_styles import OBFUSCATED, EmbeddedFont, embedded_fonts, styles

_RED = "C00000"
_TINT = "E1E1E1"
_STOPS = {
    "left": 'w:val="left"',
    "center": 'w:val="center"',
    "right": 'w:val="right"',
    "dots": 'w:val="right" w:leader="dot"',
}
_OWN = "F0F0F0"
_MARGINS = 'w:top="1417" w:right="1134" w:bottom="1134" w:left="1701" w:header="709" w:footer="567" w:gutter="0"'
WIDTH = 11906 - 1701 - 1134  # twentieths of a point between the margins
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def run(text: str, *, bold: bool = False, style: str = "", red: bool = False) -> str:
    """Words in one character style; a tab in them goes to the paragraph's next stop."""
    properties = f'<w:rStyle w:val="{style}"/>' if style else ""
    properties += "<w:b/><w:bCs/>" * bold
    properties += f'<w:color w:val="{_RED}"/>' * red
    words = '</w:t><w:tab/><w:t xml:space="preserve">'.join(escape(part) for part in text.split("\t"))
    return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{words}</w:t></w:r>'


def paragraph(
    *runs: str,
    style: str = "",
    align: str = "",
    indent: int = 0,
    hanging: int = 0,
    first: int = 0,
    before: int = 0,
    after: int = 0,
    tabs: Sequence[tuple[str, int]] = (),
    is_kept: bool = False,
    starts_page: bool = False,
) -> str:
    """A paragraph. All lengths are in twentieths of a point.

    ``tabs`` are stops by kind: left, center, right, or dots up to a right one. ``is_kept`` keeps it whole and on the
    page of the next one.
    """
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties += "<w:keepNext/><w:keepLines/>" * is_kept + "<w:pageBreakBefore/>" * starts_page
    if tabs:
        stops = "".join(f'<w:tab {_STOPS[kind]} w:pos="{at}"/>' for kind, at in tabs)
        properties += f"<w:tabs>{stops}</w:tabs>"
    properties += f'<w:spacing w:before="{before}" w:after="{after}"/>' if before or after else ""
    if indent or hanging or first:
        inner = f'w:hanging="{hanging}"' if hanging else f'w:firstLine="{first}"'
        properties += f'<w:ind w:left="{indent}" {inner}/>'
    properties += f'<w:jc w:val="{align}"/>' if align else ""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(runs)}</w:p>"


def tag(words: str) -> str:
    """A paragraph of the template that only steers: it is gone when the template is filled."""
    return paragraph(run(f"{{%p {words} %}}"))


def table(shares: Sequence[int], heads: Sequence[str], rows: Iterable[str]) -> str:
    """A ruled table as wide as the page; the heads are repeated on every page."""
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    head = row(heads, ["center"] * len(heads), bold=True, fill=_TINT, is_head=True)
    return _table(shares, f"<w:tblBorders>{edges}</w:tblBorders>", (40, 80), [head, *rows])


def beside(shares: Sequence[int], *columns: Iterable[str]) -> str:
    """Columns of paragraphs that stand on the same last line, without rules."""
    cells = "".join(f'<w:tc><w:tcPr><w:vAlign w:val="bottom"/></w:tcPr>{"".join(column)}</w:tc>' for column in columns)
    return _table(shares, "", (0, 0), [f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"])


def _table(shares: Sequence[int], edges: str, inset: tuple[int, int], rows: Iterable[str]) -> str:
    widths = [WIDTH * share // sum(shares) for share in shares]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    above, aside = inset
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", above), ("left", aside), ("bottom", above), ("right", aside))
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>{edges}<w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def row(
    cells: Sequence[str],
    aligned: Sequence[str],
    *,
    bold: bool = False,
    fill: str = "",
    is_head: bool = False,
    first_spans: int = 1,
) -> str:
    """A row that no page break parts; its first cell may span several columns."""
    kind = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    kind += '<w:vAlign w:val="center"/>' * is_head
    spans = [f'<w:gridSpan w:val="{first_spans}"/>' * (first_spans > 1), *[""] * (len(cells) - 1)]
    made = "".join(
        f"<w:tc><w:tcPr>{span}{kind}</w:tcPr>{paragraph(run(cell, bold=bold, style='Small'), align=align)}</w:tc>"
        for cell, align, span in zip(cells, aligned, spans, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' * is_head}</w:trPr>{made}</w:tr>"


def rows_of(name: str, cells: Sequence[str], aligned: Sequence[str], *, marked: str = "") -> list[str]:
    """The rows of a list; those for which ``marked`` is so in bold on a tint."""
    plain = row(cells, aligned)
    if marked:
        own = row(cells, aligned, bold=True, fill=_OWN)
        chosen = [_steer(f"if line.{marked}"), own, _steer("else"), plain, _steer("endif")]
    else:
        chosen = [plain]
    return [_steer(f"for line in {name}"), *chosen, _steer("endfor")]


def _steer(words: str) -> str:
    return f"<w:tr><w:tc>{paragraph(run(f'{{%tr {words} %}}'))}</w:tc></w:tr>"


def document(body: Iterable[str], style: PaperStyle) -> bytes:
    """The document of these paragraphs and tables: A4, the draft mark above, the page's number from the second on."""
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:headerReference w:type="first" r:id="rId4"/>'
        '<w:footerReference w:type="default" r:id="rId5"/><w:footerReference w:type="first" r:id="rId5"/>'
        f'<w:pgSz w:w="11906" w:h="16838"/><w:pgMar {_MARGINS}/>'
        f'<w:pgNumType w:fmt="{"thaiNumbers" if style.has_thai_digits else "decimal"}"/><w:titlePg/></w:sectPr>'
    )
    fonts = {f"fonts/font{n}.odttf": font for n, font in enumerate(embedded_fonts(style.face), start=1)}
    texts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            ("rId1", f"{_OFFICE}/officeDocument", "word/document.xml"),
            ("rId2", f"{_PARTS}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PARTS}/metadata/core-properties"/>',
        "word/_rels/document.xml.rels": _relations(
            ("rId1", f"{_OFFICE}/styles", "styles.xml"),
            ("rId2", f"{_OFFICE}/settings", "settings.xml"),
            ("rId3", f"{_OFFICE}/header", "header1.xml"),
            ("rId4", f"{_OFFICE}/header", "header2.xml"),
            ("rId5", f"{_OFFICE}/footer", "footer1.xml"),
            ("rId6", f"{_OFFICE}/fontTable", "fontTable.xml"),
        ),
        "word/document.xml": f"<w:document {_NAMESPACES}><w:body>{''.join(body)}{section}</w:body></w:document>",
        "word/footer1.xml": f"<w:ftr {_NAMESPACES}>{paragraph(run('{{ form_code }}', style='Note'))}</w:ftr>",
        "word/header1.xml": f"<w:hdr {_NAMESPACES}>{_header()}</w:hdr>",
        "word/header2.xml": f"<w:hdr {_NAMESPACES}>{paragraph(run('{{ draft }}', bold=True), align='right')}</w:hdr>",
        "word/fontTable.xml": f"<w:fonts {_NAMESPACES}>{_font_table(style.face, fonts.values())}</w:fonts>",
        "word/_rels/fontTable.xml.rels": _relations(
            *((f"rId{n}", f"{_OFFICE}/font", name) for n, name in enumerate(fonts, start=1))
        ),
        "word/settings.xml": (
            f"<w:settings {_NAMESPACES}>{'<w:embedTrueTypeFonts/>' * bool(fonts)}"
            '<w:defaultTabStop w:val="720"/><w:compat><w:compatSetting '
            'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
            '<w:themeFontLang w:val="en-US" w:bidi="th-TH"/></w:settings>'
        ),
        "word/styles.xml": f"<w:styles {_NAMESPACES}>{styles(style.face)}</w:styles>",
    }
    parts = {name: (_XML + xml).encode() for name, xml in texts.items()}
    parts |= {f"word/{name}": font.content for name, font in fonts.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _header() -> str:
    page = f'<w:fldSimple w:instr=" PAGE ">{run("2")}</w:fldSimple>'
    stops = (("center", WIDTH // 2), ("right", WIDTH))
    return paragraph(run("\t– "), page, run(" –"), run("\t{{ draft }}", bold=True), tabs=stops)


def _font_table(face: str, fonts: Iterable[EmbeddedFont]) -> str:
    embedded = "".join(
        f'<w:{font.role} r:id="rId{n}" w:fontKey="{font.key}"/>' for n, font in enumerate(fonts, start=1)
    )
    return f'<w:font w:name="{face}">{embedded}</w:font>'


def _relations(*relations: tuple[str, str, str]) -> str:
    listed = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{to}"/>' for name, kind, to in relations)
    return f'<Relationships xmlns="{_PARTS}/relationships">{listed}</Relationships>'


def _content_types() -> str:
    kinds = {
        "word/document.xml": f"{_WORD}.document.main+xml",
        "word/styles.xml": f"{_WORD}.styles+xml",
        "word/settings.xml": f"{_WORD}.settings+xml",
        "word/header1.xml": f"{_WORD}.header+xml",
        "word/header2.xml": f"{_WORD}.header+xml",
        "word/footer1.xml": f"{_WORD}.footer+xml",
        "word/fontTable.xml": f"{_WORD}.fontTable+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    listed = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    return (
        f'<Types xmlns="{_PARTS}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="odttf" ContentType="{OBFUSCATED}"/>'
        f"{listed}</Types>"
    )
