"""The parts of a Word document (WordprocessingML), as the templates of the papers need them.

A bare document, so that an office finds nothing in its template that it did not ask for. Thai is complex script to
Word: face, size and weight are given for it too (``w:cs``, ``w:szCs``, ``w:bCs``), else it falls to a substitute.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

FACE = "TH Sarabun New"
SIZE = 32  # half points
SMALL = 28
_RED = "C00000"
_TINT = "E1E1E1"
_OWN = "F0F0F0"
_MARGINS = 'w:top="1417" w:right="1134" w:bottom="1134" w:left="1701" w:header="709" w:footer="567" w:gutter="0"'
_WIDTH = 11906 - 1701 - 1134  # twentieths of a point between the margins
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def run(text: str, *, bold: bool = False, size: int = 0, red: bool = False) -> str:
    """Words in one face; a tab in them goes to the paragraph's next stop."""
    properties = "<w:b/><w:bCs/>" * bold
    properties += f'<w:color w:val="{_RED}"/>' * red
    properties += f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else ""
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

    ``is_kept`` keeps it whole and on the page of the next one.
    """
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties += "<w:keepNext/><w:keepLines/>" * is_kept + "<w:pageBreakBefore/>" * starts_page
    if tabs:
        stops = "".join(f'<w:tab w:val="{kind}" w:pos="{at}"/>' for kind, at in tabs)
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
    widths = [_WIDTH * share // sum(shares) for share in shares]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = row(heads, ["center"] * len(heads), bold=True, fill=_TINT, is_head=True)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:top w:w="30" w:type="dxa"/><w:left w:w="80" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/>'
        '<w:right w:w="80" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{''.join(rows)}</w:tbl>"
    )


def row(
    cells: Sequence[str], aligned: Sequence[str], *, bold: bool = False, fill: str = "", is_head: bool = False
) -> str:
    """A row that no page break parts."""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    made = "".join(
        f"<w:tc><w:tcPr>{shade}</w:tcPr>{paragraph(run(cell, bold=bold, size=SMALL), align=align)}</w:tc>"
        for cell, align in zip(cells, aligned, strict=True)
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


def document(body: Iterable[str], *, has_thai_digits: bool) -> bytes:
    """The document of these paragraphs and tables: A4, the draft mark above, the page's number from the second on."""
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:headerReference w:type="first" r:id="rId4"/>'
        '<w:footerReference w:type="default" r:id="rId5"/><w:footerReference w:type="first" r:id="rId5"/>'
        f'<w:pgSz w:w="11906" w:h="16838"/><w:pgMar {_MARGINS}/>'
        f'<w:pgNumType w:fmt="{"thaiNumbers" if has_thai_digits else "decimal"}"/><w:titlePg/></w:sectPr>'
    )
    parts = {
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
        ),
        "word/document.xml": f"<w:document {_NAMESPACES}><w:body>{''.join(body)}{section}</w:body></w:document>",
        "word/footer1.xml": f"<w:ftr {_NAMESPACES}>{paragraph(run('{{ form_code }}', size=24))}</w:ftr>",
        "word/header1.xml": f"<w:hdr {_NAMESPACES}>{_header()}</w:hdr>",
        "word/header2.xml": f"<w:hdr {_NAMESPACES}>{paragraph(run('{{ draft }}', bold=True), align='right')}</w:hdr>",
        "word/settings.xml": (
            f'<w:settings {_NAMESPACES}><w:defaultTabStop w:val="720"/><w:compat><w:compatSetting '
            'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
            '<w:themeFontLang w:val="en-US" w:bidi="th-TH"/></w:settings>'
        ),
        "word/styles.xml": _styles(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), _XML + xml, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _header() -> str:
    page = f'<w:fldSimple w:instr=" PAGE ">{run("2")}</w:fldSimple>'
    stops = (("center", _WIDTH // 2), ("right", _WIDTH))
    return paragraph(run("\t– "), page, run(" –"), run("\t{{ draft }}", bold=True), tabs=stops)


def _styles() -> str:
    face = f'<w:rFonts w:ascii="{FACE}" w:hAnsi="{FACE}" w:eastAsia="{FACE}" w:cs="{FACE}"/>'
    language = '<w:lang w:val="en-US" w:eastAsia="en-US" w:bidi="th-TH"/>'
    return (
        f"<w:styles {_NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>{face}"
        f'<w:sz w:val="{SIZE}"/><w:szCs w:val="{SIZE}"/>{language}</w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
        '<w:next w:val="Normal"/><w:pPr><w:keepNext/><w:keepLines/><w:spacing w:before="160" w:after="60"/>'
        '<w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:bCs/></w:rPr></w:style></w:styles>'
    )


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
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    listed = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    return (
        f'<Types xmlns="{_PARTS}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{listed}</Types>"
    )
