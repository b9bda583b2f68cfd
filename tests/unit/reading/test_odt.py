from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from analyzer.errors import (
    CorruptDocumentError,
    EncryptedDocumentError,
    ReadError,
    TooLargeError,
    UnsafeDocumentError,
    UnsupportedFormatError,
)
from analyzer.reading import read_document
from analyzer.settings import Limits, Settings
from analyzer.structure import split_document

NS = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"),
                        ("fo", "xsl-fo-compatible"), ("manifest", "manifest"))
)  # fmt: skip
MIMETYPE = "application/vnd.oasis.opendocument.text"


def content(body: str, styles: str = "") -> str:
    return (
        f"<office:document-content {NS}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )


def make_odt(body: str, styles: str = "", *, mimetype: str = MIMETYPE, **parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content(body, styles))
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return buffer.getvalue()


def make_flat(body: str, styles: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {NS} office:mimetype="{MIMETYPE}"><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document>"
    ).encode()


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def h(text: str, level: int = 1) -> str:
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{p(text)}</table:table-cell>"


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


LIST_STYLE = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/></text:list-style>'
    '<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/></text:list-style>'
)


def items(*blocks: str, style: str = "") -> str:
    name = f' text:style-name="{style}"' if style else ""
    return f"<text:list{name}>" + "".join(f"<text:list-item>{block}</text:list-item>" for block in blocks) + "</text:list>"


@pytest.mark.parametrize(
    ("body", "expected", "hints"),
    [
        (h("Prices") + p("The fee is due."), ["Prices", "The fee is due."], ["heading1", ""]),
        (h("Deep", 9), ["Deep"], ["heading6"]),
        (p("a<text:s text:c='3'/>b<text:tab/>c<text:span>d</text:span>e"), ["a b cde"], [""]),
        (p("one<text:line-break/>two"), ["one\ntwo"], ["", ""]),
        (p("Support<office:annotation><text:p>never</text:p></office:annotation> is free"), ["Support is free"], [""]),
        (
            items(p("Hotline") + items(p("phone"), p("mail")), p("Visits"), style="L1"),
            ["1. Hotline", "a) phone", "b) mail", "2. Visits"],
            ["list_item"] * 4,
        ),
        (items(p("spare"), p("device"), style="L2"), ["• spare", "• device"], ["list_item"] * 2),
        (
            items(p("one"), style="L1") + p("between") + '<text:list text:style-name="L1" text:continue-numbering="true"><text:list-item>'
            + p("two") + "</text:list-item></text:list>",
            ["1. one", "between", "2. two"],
            ["list_item", "", "list_item"],
        ),
        (items("<text:number>7.3</text:number>" + p("given"), style="L1"), ["7.3 given"], ["list_item"]),
        (
            f"<table:table><table:table-header-rows>{row(cell('Priority'), cell('Reaction'))}</table:table-header-rows>{row(cell('P1'), cell('1 h'))}</table:table>",
            ["Priority | Reaction", "P1 | 1 h"],
            ["table_row", "table_cell"] * 2,
        ),
        (
            "<table:table>" + row(cell("both", 'table:number-rows-spanned="2"'), cell("a")) + row("<table:covered-table-cell/>", cell("b"))
            + "</table:table>",
            ["both | a", "both | b"],
            ["table_row", "table_cell"] * 2,
        ),
        (
            "<table:table>" + row(cell("wide", 'table:number-columns-spanned="2"'), "<table:covered-table-cell/>", cell("x")) + "</table:table>",
            ["wide |  | x"],
            ["table_row", "table_cell"],
        ),
        (f"<table:table>{row('<table:table-cell>' + p('One.') + p('Two.') + '</table:table-cell>')}</table:table>", ["One.", "Two."], ["", ""]),
        (
            f"<text:table-of-content><text:index-body>{p('Prices 3')}</text:index-body></text:table-of-content>" + p("Text."),
            ["Prices 3", "Text."],
            ["toc", ""],
        ),
        (
            f"<text:section text:display='none'>{p('hidden')}</text:section><text:section>{p('shown')}</text:section>",
            ["shown"],
            [""],
        ),
        (
            p(f"Before<draw:frame><draw:text-box>{p('boxed')}</draw:text-box></draw:frame>") + p("a<text:note><text:note-citation>1</text:note-citation>"
            f"<text:note-body>{p('the note')}</text:note-body></text:note>b"),
            ["Before", "boxed", "ab", "the note"],
            ["", "", "", "note"],
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("make", [make_odt, make_flat])
def test_structure(make: object, body: str, expected: list[str], hints: list[str]) -> None:
    document = read_document(make(body, LIST_STYLE))  # type: ignore[operator]
    assert document.media_type == MIMETYPE
    assert document.text.split("\n\n") == expected
    lines = [line for line in document.pages[0].lines if line.span.end > line.span.start or line.hint == "table_row"]
    assert [line.hint for line in lines] == hints


def test_headings_are_numbered_by_the_outline_and_bold_comes_from_styles() -> None:
    outline = (
        '<text:outline-style style:name="Outline"><text:outline-level-style text:level="1" style:num-format="1"/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>'
        '<style:style style:name="Strong" style:family="paragraph"><style:text-properties fo:font-weight="bold"/></style:style>'
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Strong"/>'
    )
    document = read_document(make_flat(h("Prices") + h("Fees", 2) + h("Travel", 2) + h("Term") + p("All of it", "P1"), outline))
    assert document.text.split("\n\n") == ["1 Prices", "1.1 Fees", "1.2 Travel", "2 Term", "All of it"]
    assert [line.bold for line in document.pages[0].lines] == [False] * 4 + [True]
    assert [row.heading_path for row in split_document(document)][2] == ("1 Prices",)


def test_tracked_changes_are_read_as_accepted() -> None:
    changes = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>is free</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        + p('The fee <text:change text:change-id="1"/><text:change-start/>is CHF 10<text:change-end/>.')
    )
    document = read_document(make_odt(changes))
    assert document.text == "The fee is CHF 10."
    assert [notice.code for notice in document.notices] == ["tracked_changes"]


def test_headers_and_footers_are_furniture() -> None:
    styles = (
        f"<office:document-styles {NS}><office:master-styles><style:master-page><style:header>{p('Confidential')}</style:header>"
        f"<style:footer>{p('Page <text:page-number>3</text:page-number>')}</style:footer></style:master-page></office:master-styles></office:document-styles>"
    )
    document = read_document(make_odt(p("Text."), styles=styles))
    assert document.text == "Text."
    assert document.pages[0].furniture == ("Confidential", "Page 3")


def test_hostile_and_broken_files() -> None:
    with pytest.raises(UnsafeDocumentError, match="zip bomb"):
        read_document(make_odt(" " * 30_000_000))
    with pytest.raises(TooLargeError):
        read_document(make_odt(p("x" * 5000)), settings=Settings(limits=Limits(max_part_bytes=1000)))
    with pytest.raises(UnsafeDocumentError, match="document type"):
        read_document(make_flat("&boom;").replace(b"<office:document ", b'<!DOCTYPE a [<!ENTITY boom "boom">]><office:document ', 1))
    for depth in (60, 3000):
        with pytest.raises((UnsafeDocumentError, CorruptDocumentError)):
            read_document(make_odt("<text:section>" * depth + p("deep") + "</text:section>" * depth))
        with pytest.raises((UnsafeDocumentError, CorruptDocumentError)):
            read_document(make_odt("<text:p>" + "<text:span>" * depth + "deep" + "</text:span>" * depth + "</text:p>"))
    data = make_odt(p("Some text."))
    for cut in (len(data) // 3, len(data) // 2, len(data) - 10):
        with pytest.raises(ReadError):
            read_document(data[:cut])
    encrypted = f'<manifest:manifest {NS}><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'
    with pytest.raises(EncryptedDocumentError):
        read_document(make_odt("", **{"META-INF__manifest": encrypted}))
    with pytest.raises(UnsupportedFormatError, match="spreadsheet"):
        read_document(make_odt("", mimetype="application/vnd.oasis.opendocument.spreadsheet"))


def test_a_cell_that_reaches_down_cannot_multiply_without_end() -> None:
    reaching = cell("word " * 2000, 'table:number-rows-spanned="1000"')
    table = "<table:table>" + row(reaching, cell("a")) + row("<table:covered-table-cell/>", cell("b")) * 999 + "</table:table>"
    with pytest.raises(TooLargeError):
        read_document(make_odt(table))


def test_a_row_of_hundreds_of_cells_loses_none() -> None:
    cells = "".join(f"<table:table-cell>{p(f'cell {number}')}</table:table-cell>" for number in range(300))
    text = read_document(make_odt(f"<table:table><table:table-row>{cells}</table:table-row></table:table>")).text
    assert all(f"cell {number}" in text for number in range(300))


HIDING = (
    '<style:style style:name="Ghost" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="Spirit" style:family="text" style:parent-style-name="Ghost"/>'
    '<style:style style:name="Seen" style:family="text"><style:text-properties text:display="true"/></style:style>'
    '<style:style style:name="Secret" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="Note" style:family="paragraph" style:parent-style-name="Secret"/>'
)


@pytest.mark.parametrize("make", [make_odt, make_flat])
@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (p("Our margin is 40 per cent.", "Secret"), False),
        (p("Our margin is 40 per cent.", "Note"), False),
        (p('Fine. <text:span text:style-name="Ghost">Our margin is 40 per cent.</text:span> Yes.'), False),
        (p('Fine. <text:span text:style-name="Spirit">Our <text:span>margin</text:span> is 40.</text:span> Yes.'), False),
        (p('<text:span text:style-name="Seen">Our margin is 40 per cent.</text:span>', "Secret"), True),
        ('<text:section text:display="none"><text:p>Our margin is 40 per cent.</text:p></text:section>', False),
        (p('Fine. <text:hidden-text text:condition="x" text:string-value="Our margin is 40."/> Yes.'), False),
        (p('Fine. <text:hidden-text text:is-hidden="true">Our margin is 40.</text:hidden-text> Yes.'), False),
    ],
)
def test_text_that_a_style_hides_is_named_not_read(make: Any, body: str, shown: bool) -> None:
    document = read_document(make(p("The fee is CHF 10.") + body, HIDING))
    assert ("margin" in document.text) == shown and "The fee is CHF 10." in document.text
    assert ("Yes." in document.text) == ("Yes." in body)
    assert [notice.code for notice in document.notices] == ([] if shown else ["hidden_text"])


def test_words_of_charts_are_read_and_other_objects_are_named() -> None:
    def of(kind: str, inside: str) -> str:
        names = f'{NS} xmlns:chart="urn:oasis:names:tc:opendocument:xmlns:chart:1.0"'
        return (
            f"<office:document-content {names}><office:body><office:{kind}>{inside}</office:{kind}></office:body></office:document-content>"
        )

    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in ("Hours", "Priority 1")
    )
    figures = '<table:table-cell office:value-type="float" office:value="4"><text:p>4 h</text:p></table:table-cell>'
    chart = f"<chart:chart><chart:title><text:p>Reaction times</text:p></chart:title><table:table><table:table-row>{cells}{figures}</table:table-row></table:table></chart:chart>"
    parts = {
        "Object 1__content": of("chart", chart),
        "Object 2__content": of("spreadsheet", "<text:p>x</text:p>"),
        "Object 3__content": "<broken",
    }
    document = read_document(make_odt(p("The fee is CHF 10."), **parts))
    assert document.text.split("\n\n") == ["The fee is CHF 10.", "Reaction times", "Hours, Priority 1"]
    assert sorted(notice.code for notice in document.notices) == ["broken_part", "chart", "unread_attachment"]


def test_objects_are_found_by_what_refers_to_them() -> None:
    link = 'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href='
    formula = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math>'
    chart = f"<office:document-content {NS}><office:body><office:chart><text:p>Reaction times</text:p></office:chart></office:body></office:document-content>"
    body = "".join(
        p(f"<draw:frame>{inside}</draw:frame>")
        for inside in (
            f'<draw:object {link}"./Sub/Annex"/>', f'<draw:object-ole {link}"./Object 9"/>', f'<draw:object {link}"./Object 1"/>',
            f'<draw:object {link}"./Figure"/>', f"<draw:object>{formula}</draw:object>",
        )
    )  # fmt: skip
    parts = {"Sub__Annex__content": content(p("Inner")), "Object 1__content": formula, "Figure__content": chart}
    document = read_document(make_odt(p("The fee is CHF 10.") + body, **parts))
    assert document.text.split("\n\n") == ["The fee is CHF 10.", "Reaction times"]
    assert sorted(notice.name for notice in document.notices if notice.code == "unread_attachment") == [
        "?", "Object 1", "Object 9", "Sub/Annex"
    ]  # fmt: skip
    assert "chart" in {notice.code for notice in document.notices}


def test_objects_of_a_flat_file() -> None:
    inside = "<office:document><office:body><office:{0}><text:p>Reaction times</text:p></office:{0}></office:body></office:document>"
    body = "".join(
        f'<text:p><draw:frame draw:name="O {kind}"><draw:object>{inside.format(kind)}</draw:object></draw:frame></text:p>'
        for kind in ("chart", "spreadsheet")
    )
    document = read_document(make_flat(p("The fee is CHF 10.") + body))
    assert document.text.split("\n\n") == ["The fee is CHF 10.", "Reaction times"]
    assert [(notice.code, notice.name) for notice in document.notices] == [("unread_attachment", "O spreadsheet"), ("chart", "")]
