"""Operators of a page: the same as pdfminer's parser gives for content that is well-formed, what can be had for the rest, and in linear time."""

from __future__ import annotations

import time
from typing import Any

import pytest
from pdfminer.psparser import LIT, PSKeyword, PSLiteral
from test_bounds import FONT, SENTENCE, TEXT, page_of, pdf_of, stream

from analyzer.reading.content import read_operators
from analyzer.reading.pdf import read_pdf_pages
from analyzer.settings import Limits


def operators(data: bytes, faults: list[str] | None = None) -> list[tuple[bytes, list[Any]]]:
    return list(
        read_operators(data, LIT, lambda: None, lambda error: faults.append(str(error)) if faults is not None else pytest.fail(str(error)))
    )


def by_pdfminer(data: bytes) -> list[tuple[bytes, list[Any]]]:
    from pdfminer.pdfinterp import PDFContentParser
    from pdfminer.pdftypes import PDFStream
    from pdfminer.psexceptions import PSEOF

    parser = PDFContentParser([PDFStream({}, data)])
    found: list[tuple[bytes, list[Any]]] = []
    operands: list[Any] = []
    while True:
        try:
            _, value = parser.nextobject()
        except PSEOF:
            return found
        if isinstance(value, PSKeyword):
            found.append((value.name, operands))
            operands = []
        else:
            operands.append(value)


@pytest.mark.parametrize(
    "data",
    [
        b"q 1 0 0 -1 0 842 cm\n0.5 .5 -.5 +3 re f* Q\n",
        b"BT /F1 12 Tf 1 Tr 50 400.25 Td (plain) Tj (with \\(escapes\\) \\\\ \\101\\7 \\\nand (brackets) in it) ' 1 2 (x) \" T* ET ",
        b"[(Ab)-250(c)<0041 42>-3.5( )] TJ\r[]0 d [3 2] 1 d ",
        b"/Span<</ActualText(x)/MCID 3/K[1/A<</B true>>]>>BDC EMC /P#41 gs /A/B MP ",
        b"% a comment (with a bracket\n/F1 12 Tf%another\r(x)Tj ",
        b"1 2 m 3 4 l h S n W* n b* B* 7 w ",
        b"1.2.3 5-3 6 w ",
        b"(\xff\xfe\x00\x0a) Tj <> Tj <feff> Tj ",
    ],
)
def test_wellformed_content_is_that_of_pdfminer(data: bytes) -> None:
    assert operators(data) == by_pdfminer(data)


def test_inline_images_end_where_their_pixels_do() -> None:
    found = operators(b"q BI /W 2/H 2 /BPC 8 /CS/G ID \x01EI\x02 EI\x00\xff\nEI Q\nBI/W 1/H 1/F/A85 ID GhQU~> EI (x) Tj ")
    assert [word for word, _ in found] == [b"q", b"EI", b"Q", b"EI", b"Tj"]
    assert found[1][1] == [{"W": 2.0, "H": 2.0, "BPC": 8.0, "CS": LIT("G")}, b"\x01EI\x02 EI\x00\xff"]
    assert found[3][1][1] == b"GhQU~>"


def test_names_that_are_no_text_stay_names() -> None:
    (_, (name, _)), *_ = operators(b"/F\xe9 1 Tf ")
    assert isinstance(name, PSLiteral) and name.name == b"F\xe9"


@pytest.mark.parametrize("data", [b"[(x) TJ (y) Tj ", b"/P <</MCID 3 BDC (y) Tj ", b") ] >> } \x07 - (y) Tj ", b"<4x> (y) Tj "])
def test_what_is_left_open_does_not_swallow_the_rest(data: bytes) -> None:
    assert operators(data)[-1] in [(b"Tj", [b"y"]), (b"Tj", [b"@", b"y"])]


@pytest.mark.parametrize(
    ("data", "fault"),
    [(b"(x) Tj (y Tj", "string"), (b"(x) Tj BI /W 1 ID \x00\x01", "image"), (b"(x) Tj " + b"[" * 300, "nested"), (b"(x) Tj " + b"<<" * 300, "nested")],
)  # fmt: skip
def test_what_is_lost_is_said(data: bytes, fault: str) -> None:
    faults: list[str] = []
    assert operators(data, faults) == [(b"Tj", [b"x"])]
    assert fault in faults[0]


@pytest.mark.parametrize(
    "data",
    [b" " * 3_000_000, b"%" * 3_000_000, b"1 " * 1_000_000, b"%\n \n" * 500_000, b"(" * 3_000_000, b"(\\" * 1_000_000, b"<" * 3_000_000, b"[1 " * 700_000,
     b"1 1 1 1 1 1 1 [" * 150_000, b"a" * 3_000_000, b"1" * 3_000_000, b"BI ID EI\xff" * 200_000, b"BI ID " * 300_000, b"<< /A " * 300_000],
    ids=lambda data: data[:8].decode("latin-1"),
)  # fmt: skip
def test_time_grows_with_the_length_only(data: bytes) -> None:
    begin = time.process_time()
    operators(data, [])
    assert time.process_time() - begin < 4


def test_a_string_over_two_streams_of_a_page_is_none() -> None:
    """Each stream ends its last token, so `Tj` at the end of one and `ET` at the start of the next are not the operator `TjET`."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[4 0 R 5 0 R]/Resources<</Font<</F1 6 0 R>>>>>>"
    first, second = TEXT.rstrip()[:-3], b"ET"
    data = pdf_of(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream(first), stream(second + b"\n"), FONT]
    )
    assert first.endswith(b"Tj")
    assert ["".join(run.text for run in page.runs) for page in read_pdf_pages(data, limits=Limits())] == [SENTENCE]


def test_a_page_of_a_drawing_takes_little_time() -> None:
    """A page of 60,000 operators took three seconds and was given up; a plan in an annex has as many."""
    data = page_of(stream(TEXT + b"10.25 20.5 m 30.75 40 50 60.125 70 80 c 1 2 l S\n" * 15_000))
    begin = time.process_time()
    (page,) = read_pdf_pages(data, limits=Limits())
    assert time.process_time() - begin < 1.5
    assert page.runs[0].text == SENTENCE and not page.error
