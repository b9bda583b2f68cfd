from __future__ import annotations

import pytest

from analyzer.errors import ReadError, TooLargeError, UnsafeDocumentError
from analyzer.reading import read_document
from analyzer.reading.sniff import HTML, TEXT, sniff
from analyzer.settings import Limits, Settings
from analyzer.structure import split_document


def page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>Never shown</title>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("body", "expected", "hints"),
    [
        ("<h1>Prices</h1><p>The fee\n is   due.</p>", ["Prices", "The fee is due."], ["heading1", ""]),
        ("<h2><span>5.2</span> Times</h2>text", ["5.2 Times", "text"], ["heading2", ""]),
        ("<p>one<br>two<br/>three</p>", ["one\ntwo\nthree"], ["", "", ""]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"], ["", "", ""]),
        ("<p>Gr&uuml;sse &amp; 4&nbsp;h &#8364; &lt;b&gt;</p>", ["Grüsse & 4 h € <b>"], [""]),
        ("<ul><li>phone</li><li><p>mail</p><p>more</p></li></ul>", ["• phone", "• mail", "more"], ["list_item", "list_item", ""]),
        ("<ol type='a' start='3'><li>x<ol><li>y</li></ol></li><li value='9'>z</li></ol>", ["c. x", "1. y", "i. z"], ["list_item"] * 3),
        (
            "<table><tr><th>Priority</th><th>Reaction</th></tr><tr><td>P1</td><td>1 h<br>always</td></tr></table>",
            ["Priority | Reaction", "P1 | 1 h always"],
            ["table_row", "table_cell"] * 2,
        ),
        (
            "<table><thead><tr><th rowspan=2>P</th><th colspan=2>Times</th></tr><tr><th>Reaction</th><th>Fix</th></tr></thead>"
            "<tbody><tr><td>P1</td><td>1 h</td><td>4 h</td></tr></tbody></table>",
            ["P | Times |", "P | Reaction | Fix", "P1 | 1 h | 4 h"],
            None,
        ),
        ("<table role=presentation><tr><td><p>Left.</p></td><td>Right.</td></tr></table>", ["Left.", "Right."], ["", ""]),
        ("<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>side</td></tr></table>", ["a | b", "side"], None),
        ("<nav>menu</nav><script>x()</script><style>p{}</style><p hidden>h</p><p style='display: none'>n</p><p>shown</p>", ["shown"], [""]),
        ("<p>free <del>never</del><ins>always</ins></p>", ["free always"], [""]),
        ("<pre>one\n  two</pre>", ["one\ntwo"], ["", ""]),
        ("<p>unclosed<p>tags <b>everywhere", ["unclosed", "tags everywhere"], ["", ""]),
    ],
)
def test_structure(body: str, expected: list[str], hints: list[str] | None) -> None:
    document = read_document(page(body))
    assert document.media_type == HTML
    assert [block.strip() for block in document.text.split("\n\n")] == expected
    if hints is not None:
        assert [line.hint for line in document.pages[0].lines] == hints


@pytest.mark.parametrize(
    "data",
    [
        page("<p>Größe, é</p>"),
        '<html><head><meta charset="iso-8859-1"></head><body><p>Größe, é</p></body></html>'.encode("latin-1"),
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1252"></head><body><p>Größe, é</p></body></html>'.encode(
            "cp1252"
        ),
        '<html><head><meta charset="iso-8859-1"></head><body><p>Größe, é</p></body></html>'.encode(),  # it says one thing and is another
        '<html><head><meta charset="no-such-set"></head><body><p>Größe, é</p></body></html>'.encode("cp1252"),
        '<html><head><meta charset="utf-7"></head><body><p>Größe, é</p></body></html>'.encode("cp1252"),
        "<html><body><p>Größe, é</p></body></html>".encode("utf-16"),
        '<?xml version="1.0" encoding="iso-8859-1"?>\n<!-- made -->\n<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Größe, é</p></body></html>'.encode(
            "latin-1"
        ),
    ],
)
def test_character_sets(data: bytes) -> None:
    assert sniff(data) == HTML
    assert read_document(data).text == "Größe, é"


@pytest.mark.parametrize(
    "text",
    ["# Title\n\nUse <br> and <b>bold</b> here.", "The tag <html> opens a page.", "a < b and c > d", "<b>Note</b>: read this.", "<htmlx>"],
)
def test_text_with_a_few_tags_stays_text(text: str) -> None:
    assert sniff(text.encode()) == TEXT
    assert "<" in read_document((text + " and more words").encode()).text


def test_bold_and_headings_reach_the_structure() -> None:
    document = read_document(page("<h1>Contract</h1><h2>Prices</h2><p>The fee is <b>CHF 10</b>.</p><p><strong>All bold</strong></p>"))
    assert [line.bold for line in document.pages[0].lines] == [False, False, False, True]
    assert split_document(document)[2].heading_path == ("Contract", "Prices")


def test_hostile_pages() -> None:
    for depth in (300, 20_000):
        with pytest.raises(UnsafeDocumentError):
            read_document(page("<div>" * depth + "deep" + "</div>" * depth))
    assert "deep" in read_document(page("<div>" * 150 + "deep" + "</div>" * 150)).text
    with pytest.raises(UnsafeDocumentError):
        read_document(page("<p>" + "word " * 2_400_000 + "</p>"))
    with pytest.raises(TooLargeError):
        read_document(page("x" * 5000), settings=Settings(limits=Limits(max_part_bytes=1000)))
    with pytest.raises(TooLargeError):
        read_document(page("<table><tr><td rowspan=1000>" + "word " * 2000 + "</td></tr>" + "<tr><td>x</td></tr>" * 999 + "</table>"))
    entity = b'<!DOCTYPE html [<!ENTITY boom SYSTEM "file:///etc/passwd">]><html><body><p>a &boom; b</p></body></html>'
    assert "root" not in read_document(entity).text
    with pytest.raises(ReadError):
        read_document(b"<!doctype html>")
    assert read_document(page("a\x00b<p>c")).text == "a b\n\nc"


def test_a_row_of_hundreds_of_cells_loses_none() -> None:
    cells = "".join(f"<td>cell {number}</td>" for number in range(300))
    text = read_document(f"<html><body><table><tr>{cells}</tr></table></body></html>".encode()).text
    assert all(f"cell {number}" in text for number in range(300))


@pytest.mark.parametrize(
    "data",
    [b"<h1 id='sla'>Service</h1>\n<p>Answer within 4 hours.</p>", b"<!-- export -->\n<div class='page'><h1>Service</h1>Answer within 4 hours.</div>"],
)  # fmt: skip
def test_a_page_cut_out_of_its_frame_is_a_page(data: bytes) -> None:
    document = read_document(data)
    assert document.media_type == "text/html"
    assert document.text.split() == ["Service", "Answer", "within", "4", "hours."]
