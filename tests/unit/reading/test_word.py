from __future__ import annotations

import io
import zipfile

import pytest

from analyzer.errors import CorruptDocumentError, TooLargeError, UnsafeDocumentError
from analyzer.reading import read_document
from analyzer.settings import Limits, Settings

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def make_docx(body: str, **parts: str) -> bytes:
    """Return a DOCX with `body` in its document and more parts by name (dots for slashes)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return buffer.getvalue()


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(*paragraphs: str) -> str:
    return "<w:tc>" + "".join(p(text) for text in paragraphs) + "</w:tc>"


def test_paragraphs_tables_and_tracked_changes() -> None:
    body = (
        p("Prices")
        + "<w:p><w:r><w:t>The fee </w:t></w:r><w:ins><w:r><w:t>is CHF 10</w:t></w:r></w:ins><w:del><w:r><w:delText>is free</w:delText></w:r></w:del></w:p>"
        + f"<w:tbl><w:tr>{cell('P1')}{cell('1 h', 'in service hours')}</w:tr></w:tbl>"
    )
    document = read_document(make_docx(body))
    assert document.text == "Prices\n\nThe fee is CHF 10\n\nP1 | 1 h in service hours"
    assert [notice.code for notice in document.notices] == ["tracked_changes"]


def test_headings_come_from_styles_and_numbers_from_numbering() -> None:
    styles = f'<w:styles {W}><w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>'
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )

    def numbered(level: int) -> str:
        return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="3"/></w:numPr>'

    body = (
        p("Leistungen", '<w:pStyle w:val="berschrift1"/>' + numbered(0))
        + p("Wartung", numbered(1)) + p("Support", numbered(1)) + p("Preise", '<w:pStyle w:val="berschrift1"/>' + numbered(0)) + p("Pauschale", numbered(1))
    )  # fmt: skip
    document = read_document(make_docx(body, styles=styles, numbering=numbering))
    assert document.text.split("\n\n") == ["1. Leistungen", "a) Wartung", "b) Support", "2. Preise", "a) Pauschale"]
    assert [line.hint for line in document.pages[0].lines] == ["heading1", "list_item", "list_item", "heading1", "list_item"]


def test_text_boxes_content_controls_footnotes_and_headers() -> None:
    box = f"<w:p><w:r><w:t>Before</w:t></w:r><w:r><w:pict><w:txbxContent>{p('In the box')}</w:txbxContent></w:pict></w:r></w:p>"
    body = box + f"<w:sdt><w:sdtContent>{p('In the control')}</w:sdtContent></w:sdt>"
    footnotes = f'<w:footnotes {W}><w:footnote w:type="separator">{p("")}</w:footnote><w:footnote>{p("A note.")}</w:footnote></w:footnotes>'
    header = f"<w:hdr {W}>{p('Confidential')}</w:hdr>"
    document = read_document(make_docx(body, footnotes=footnotes, header1=header))
    assert document.text == "Before\n\nIn the box\n\nIn the control\n\nA note."
    assert document.pages[0].furniture == ("Confidential",)


def test_layout_table_with_one_cell_is_no_row() -> None:
    body = f"<w:tbl><w:tr>{cell('First paragraph.', 'Second paragraph.')}</w:tr></w:tbl>"
    assert read_document(make_docx(body)).text == "First paragraph.\n\nSecond paragraph."


def test_hostile_archives_are_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", " " * 30_000_000)
    with pytest.raises(UnsafeDocumentError):
        read_document(bomb.getvalue())
    with pytest.raises(TooLargeError):
        read_document(bomb.getvalue(), settings=Settings(limits=Limits(max_unpacked_bytes=1000)))
    entity = make_docx("").replace(b"x", b"x")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "boom">]><a>&b;</a>')
    with pytest.raises(UnsafeDocumentError):
        read_document(buffer.getvalue())
    with pytest.raises(CorruptDocumentError):
        read_document(entity[: len(entity) // 2])


def test_deep_nesting_is_an_error_not_a_crash() -> None:
    body = f"<w:tbl><w:tr><w:tc>" * 60 + p("deep") + "</w:tc></w:tr></w:tbl>" * 60  # noqa: F541
    with pytest.raises((UnsafeDocumentError, CorruptDocumentError)):
        read_document(make_docx(body))


SIGNS = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'


@pytest.mark.parametrize(
    ("font", "code", "sign"),
    [("Symbol", "F0A3", "≤"), ("Symbol", "F0B3", "≥"), ("Wingdings", "F0FE", "☑"), ("Wingdings", "00A8", "☐"), ("Wingdings 2", "F052", "•"), ("Symbol", "zz", "•")],
)  # fmt: skip
def test_signs_by_font_and_code(font: str, code: str, sign: str) -> None:
    body = f"<w:p>{SIGNS.format(font, code)}<w:r><w:t> 4 hours</w:t></w:r></w:p>"
    assert read_document(make_docx(body)).text == f"{sign} 4 hours"


def test_hidden_text_is_left_out() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>A note to the author. </w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>The fee is CHF 10.</w:t></w:r>'
    assert read_document(make_docx(f"<w:p>{hidden}{shown}</w:p>")).text == "The fee is CHF 10."


def test_formulas_and_diagrams_are_read() -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    formula = f"<w:p><w:r><w:t>The price is </w:t></w:r><m:oMath {math}><m:r><m:t>P0 × 1.05</m:t></m:r></m:oMath></w:p>"
    drawing = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    data = f"<d {drawing}><a:p><a:r><a:t>Report </a:t></a:r><a:r><a:t>a fault</a:t></a:r></a:p><a:p/><a:p><a:r><a:t>Answer</a:t></a:r></a:p></d>"
    document = read_document(make_docx(formula, **{"diagrams/data1": data}))
    assert document.text.split("\n\n") == ["The price is P0 × 1.05", "Report a fault", "Answer"]


def test_a_file_within_the_file_is_not_lost_in_silence() -> None:
    """Word shows an embedded page of HTML in place; we do not read it, and say so: no clause is called missing then."""
    relations = '<Relationships><Relationship Id="r9" Target="afchunk1.html"/></Relationships>'
    chunk = '<w:altChunk xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="r9"/>'
    buffer = io.BytesIO(make_docx(p("The provider answers.") + chunk))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/_rels/document.xml.rels", relations)
    document = read_document(buffer.getvalue())
    assert [(notice.code, notice.name) for notice in document.notices] == [("unread_attachment", "afchunk1.html")]
    assert document.unread


def test_a_damaged_part_counts_as_unread() -> None:
    document = read_document(make_docx(p("The provider answers."), footnotes="<w:footnotes"))
    assert [notice.code for notice in document.notices] == ["broken_part"] and document.unread


def test_a_text_in_the_head_alone_is_the_text() -> None:
    head = f"<w:hdr {W}>{p('The provider answers in 4 hours.')}</w:hdr>"
    document = read_document(make_docx("<w:p/>", header1=head))
    assert document.text == "The provider answers in 4 hours." and not document.pages[0].furniture
    assert read_document(make_docx(p("Body."), header1=head)).text == "Body."


HIDING = (
    f'<w:styles {W}><w:style w:type="paragraph" w:default="1" w:styleId="Normal"/>'
    '<w:style w:type="paragraph" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Note"><w:basedOn w:val="Secret"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Open"><w:basedOn w:val="Secret"/><w:rPr><w:vanish w:val="false"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Ghost"><w:rPr><w:vanish w:val="1"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Spirit"><w:basedOn w:val="Ghost"/></w:style>'
    '<w:style w:type="character" w:styleId="Ring"><w:basedOn w:val="Ring"/></w:style></w:styles>'
)


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("paragraph_style", "run_properties", "shown"),
    [
        ("Secret", "", False), ("Note", "", False), ("Open", "", True), ("Normal", "", True), ("Unknown", "", True), ("", "", True),
        ("", '<w:rStyle w:val="Ghost"/>', False), ("", '<w:rStyle w:val="Spirit"/>', False), ("", '<w:rStyle w:val="Ring"/>', True),
        ("", '<w:rStyle w:val="Spirit"/><w:vanish w:val="0"/>', True), ("Note", '<w:vanish w:val="0"/>', True), ("Open", "<w:vanish/>", False),
        # Word toggles: hidden text in a hidden paragraph shows.
        ("Note", '<w:rStyle w:val="Spirit"/>', True),
    ],
)  # fmt: skip
def test_text_that_a_style_hides_is_named_not_read(paragraph_style: str, run_properties: str, shown: bool) -> None:
    style = f'<w:pPr><w:pStyle w:val="{paragraph_style}"/></w:pPr>' if paragraph_style else ""
    body = p("The fee is CHF 10.") + f"<w:p>{style}{run('Our margin is 40 per cent.', run_properties)}</w:p>"
    document = read_document(make_docx(body, styles=HIDING))
    assert ("margin" in document.text) == shown
    assert [notice.code for notice in document.notices] == ([] if shown else ["hidden_text"])
    assert not document.unread


def test_the_usual_style_can_hide_as_well_and_notes_and_heads_too() -> None:
    styles = HIDING.replace('w:styleId="Normal"/>', 'w:styleId="Normal"><w:rPr><w:vanish/></w:rPr></w:style>')
    body = f"<w:p>{run('hidden by the usual style')}</w:p>" + p("The fee is CHF 10.", '<w:pStyle w:val="Open"/>')
    notes = f'<w:footnotes {W}><w:footnote w:id="1"><w:p>{run("a hidden note")}</w:p></w:footnote></w:footnotes>'
    document = read_document(make_docx(body, styles=styles, footnotes=notes))
    assert document.text == "The fee is CHF 10." and [notice.code for notice in document.notices] == ["hidden_text"]


def test_words_of_charts_are_read_and_their_figures_are_named() -> None:
    names = (
        'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    labels = "".join(f'<c:pt idx="{i}"><c:v>{text}</c:v></c:pt>' for i, text in enumerate(("Priority 1", "Priority 2", "2024")))
    chart = (
        f"<c:chartSpace {names}><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Reaction </a:t></a:r><a:r><a:t>times</a:t></a:r></a:p></c:rich></c:tx></c:title>"
        f"<c:plotArea><c:ser><c:tx><c:strRef><c:strCache><c:pt><c:v>Hours</c:v></c:pt></c:strCache></c:strRef></c:tx>"
        f"<c:cat><c:strRef><c:strCache>{labels}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache><c:pt><c:v>4</c:v></c:pt></c:numCache></c:numRef></c:val>"
        "</c:ser></c:plotArea></c:chart></c:chartSpace>"
    )
    document = read_document(make_docx(p("The fee is CHF 10."), **{"charts/chart1": chart, "charts/style1": "<x/>"}))
    assert document.text.split("\n\n") == ["The fee is CHF 10.", "Reaction times", "Hours, Priority 1, Priority 2"]
    assert [notice.code for notice in document.notices] == ["chart"]


CHART_NAMES = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex"'
POINT = '<c:pt idx="0"><c:v>Response</c:v></c:pt>'


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("charts/chart1", f"<c:multiLvlStrCache><c:lvl>{POINT}</c:lvl></c:multiLvlStrCache>"),
        ("charts/chart1", f"<c:strLit>{POINT}</c:strLit>"),
        ("charts/chartEx1", "<cx:title><cx:tx><cx:txData><cx:v>Response</cx:v></cx:txData></cx:tx></cx:title>"),
        ("charts/chartEx1", '<cx:strDim><cx:lvl><cx:pt idx="0">Response</cx:pt></cx:lvl></cx:strDim>'),
        ("drawings/figure", f"<c:strCache>{POINT}</c:strCache>"),
    ],
)
@pytest.mark.parametrize("by", ["type", "relation"])
def test_charts_of_other_names_and_forms(name: str, inside: str, by: str) -> None:
    data = make_docx(p("The fee is CHF 10."), **{name: f"<c:chartSpace {CHART_NAMES}>{inside}</c:chartSpace>"})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, zipfile.ZipFile(io.BytesIO(data)) as old:
        for entry in old.namelist():
            if entry != "[Content_Types].xml":
                archive.writestr(entry, old.read(entry))
        kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
        override = f'<Override PartName="/word/{name}.xml" ContentType="{kind}"/>' if by == "type" else ""
        archive.writestr("[Content_Types].xml", f"<Types>{override}</Types>")
        if by == "relation":
            relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
            archive.writestr(
                "word/_rels/document.xml.rels",
                f'<Relationships><Relationship Id="r1" Type="{relation}" Target="{name}.xml"/></Relationships>',
            )
    document = read_document(buffer.getvalue())
    assert document.text.split("\n\n") == ["The fee is CHF 10.", "Response"]
    assert [notice.code for notice in document.notices] == ["chart"]


def test_a_chart_of_too_many_words_says_so() -> None:
    def notices_of(count: int) -> int:
        titles = "".join(f"<a:p><a:r><a:t>Title x{i}</a:t></a:r></a:p>" for i in range(count))
        chart = f"<c:chartSpace {CHART_NAMES}>{titles}</c:chartSpace>"
        document = read_document(make_docx(p("The fee is CHF 10."), **{"charts/chart1": chart, "charts/chart2": chart}))
        return sum("no more than 500" in notice.message for notice in document.notices)

    assert [notices_of(500), notices_of(501)] == [0, 1]


@pytest.mark.parametrize("holder", ["document", "header1"])
def test_objects_within_the_file_are_named_as_unread(holder: str) -> None:
    names = (
        'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    put = "".join(
        f"<w:p {names}><w:r><w:object>{inside}</w:object></w:r></w:p>"
        for inside in (
            '<o:OLEObject Type="Embed" ProgID="Word.Document.12" r:id="r7"/>',
            '<o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="gone"/>',
            '<w:objectEmbed r:id="r8"/>',
        )
    )
    gone = f'<w:p {names}><w:del><w:r><w:object><o:OLEObject r:id="r9"/></w:object></w:r></w:del></w:p>'
    parts = {"header1": f"<w:hdr {W}>{put}{gone}</w:hdr>"} if holder == "header1" else {}
    buffer = io.BytesIO(make_docx(p("The provider answers.") + ("" if parts else put + gone), **parts))
    with zipfile.ZipFile(buffer, "a") as archive:
        targets = {"r7": "embeddings/Annex.docx", "r8": "/word/embeddings/oleObject1.bin", "r9": "embeddings/Old.docx"}
        relations = "".join(f'<Relationship Id="{key}" Target="{target}"/>' for key, target in targets.items())
        archive.writestr(f"word/_rels/{holder}.xml.rels", f"<Relationships>{relations}</Relationships>")
    document = read_document(buffer.getvalue())
    assert [(notice.code, notice.name) for notice in document.notices if notice.code != "tracked_changes"] == [
        ("unread_attachment", name) for name in ("Annex.docx", "Excel.Sheet.12", "oleObject1.bin")
    ]
    assert document.unread
