"""Damaged and hostile PDF files, written by hand: each ends in its text, a notice, or one error, and in little time."""

from __future__ import annotations

import base64
import time
import zlib
from collections.abc import Sequence

import pytest

from analyzer.errors import AnalyzerError, CorruptDocumentError, NoTextError, TimeLimitError, TooLargeError
from analyzer.reading import read_document, read_here
from analyzer.reading.bounded import MAX_RANGES, count_ranges
from analyzer.reading.budget import Budget
from analyzer.reading.filters import decode_ascii85, decode_runs, inflate
from analyzer.reading.readers import find_fault, is_garbled
from analyzer.reading.runs import RawPage, Run
from analyzer.settings import Limits, Settings
from analyzer.types import Document

SENTENCE = "The provider reacts within four hours."
TEXT = b"BT /F1 12 Tf 50 400 Td (The provider reacts within four hours.) Tj ET\n"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
#: In this process, by pdfminer alone, with little time for a page: the bounds are its own, not those of the process around it.
HERE = Settings(ocr="never", isolation="never", limits=Limits(page_timeout_s=0.6))


def pdf_of(objects: Sequence[bytes], *, table: bool = True) -> bytes:
    """Return a PDF of numbered objects, the first of them the catalog."""
    out = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    if table:
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)
    return out + (b"startxref\n%d\n%%%%EOF\n" % start if table else b"")


def stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>\nstream\n" % (len(packed), entries) + packed + b"\nendstream"


def page_of(content: bytes, resources: bytes = b"/Font<</F1 5 0 R>>", more: Sequence[bytes] = ()) -> bytes:
    return pdf_of(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
         b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<" + resources + b">>>>", content, FONT, *more]
    )  # fmt: skip


def composite_font(entries: bytes = b"") -> bytes:
    return (
        b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 7 0 R/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/X"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>" + entries + b">>]>>"
    )


def read(data: bytes, settings: Settings = HERE) -> Document:
    return read_here([("", data)], "", settings, Budget(settings.limits, native=False))


PLAIN = page_of(stream(TEXT))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"junk before the head\n" * 20 + PLAIN, id="head not at the start"),
        pytest.param(PLAIN.replace(b"startxref\n", b"startxref\n9"), id="table elsewhere"),
        pytest.param(PLAIN.replace(b"00000 n", b"00009 x"), id="table of nonsense"),
        pytest.param(pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Kids[3 0 R]/Count 1>>", b"<</MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
                             stream(TEXT), FONT]), id="no types"),
        pytest.param(pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[<</Type/Page/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>]>>",
                             stream(TEXT), FONT]), id="page in the tree itself"),
        pytest.param(pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 1>>",
                             b"<</Type/Page/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>", stream(TEXT), FONT]), id="tree in a circle"),
        pytest.param(PLAIN[: PLAIN.index(b"trailer")], id="no trailer"),
        pytest.param(PLAIN[: PLAIN.index(b"xref")], id="cut before the table"),
        pytest.param(page_of(b"<</Length 3>>\nstream\n" + TEXT + b"\nendstream"), id="length too short"),
        pytest.param(page_of(b"<</Length 99999>>\nstream\n" + TEXT + b"\nendstream"), id="length too long"),
        pytest.param(page_of(b"<<>>\nstream\n" + TEXT + b"\nendstream"), id="no length"),
        pytest.param(page_of(b"<</Length 6 0 R>>\nstream\n" + TEXT + b"\nendstream", more=[b"%d" % len(TEXT)]), id="length elsewhere"),
        pytest.param(page_of(stream(b"(x) /F1 q q Q Q Q 1 Tf /None Do 5 cm >> ) " + TEXT)), id="faulty operators"),
        pytest.param(page_of(stream(TEXT), b"/Font<</F1 5 0 R>>/ColorSpace<</C [/ICCBased 9 0 R]>>/XObject 7"), id="faulty resources"),
        pytest.param(page_of(stream(TEXT), b"/Font<</F1 5 0 R/F2<</Subtype/Type0>>/F3<</Subtype/Type1/Encoding 7/Widths 8>>>>"), id="faulty fonts"),
        pytest.param(page_of(stream(b"BI /W 9 /H 9 /BPC 8 /CS /G ID \xff EI \xfe\x00 EI\n" + TEXT)), id="pixels that spell the end"),
    ],
)  # fmt: skip
def test_damaged_files_are_read(data: bytes) -> None:
    assert read(data).text == SENTENCE


def test_damage_inside_a_stream_keeps_the_rest_and_is_said() -> None:
    content = b"".join(
        b"BT /F1 12 Tf 50 %d Td (Line number %d of the contract.) Tj ET\n" % (800 - i, i * i * 7919 % 99991) for i in range(0, 700, 14)
    )
    packed = bytearray(stream(content))
    packed[len(packed) * 2 // 3] ^= 0xFF
    document = read(page_of(bytes(packed)))
    assert document.text.count("of the contract") > 5
    assert [notice.code for notice in document.notices] == ["broken_page"] and document.unread


def test_inflate_gives_what_can_be_had() -> None:
    content = bytes(range(256)) * 40
    packed = zlib.compress(content)
    assert inflate(packed) == (content, False)
    assert inflate(packed[:-4]) == (content, False)
    assert inflate(packed[:-4] + b"0000") == (content, True)
    found, damaged = inflate(packed[: len(packed) // 2])
    assert damaged and content.startswith(found)
    with pytest.raises(TooLargeError):
        inflate(zlib.compress(bytes(1_000_000)), limit=10_000)


@pytest.mark.parametrize("length", [0, 1, 4, 100_001, 262_144])
def test_ascii85_in_pieces_is_that_of_the_whole(length: int) -> None:
    content = bytes(i * i % 251 if i % 97 > 11 else 0 for i in range(length))  # zeros have a short form of their own
    packed = base64.a85encode(content, wrapcol=70)
    for written in (packed, b"<~" + packed + b"~>", b" <~ " + packed + b"~"):
        assert b"".join(decode_ascii85(written)) == content


def test_runs_that_are_cut_off_are_kept() -> None:
    assert b"".join(decode_runs(b"\x02abc\xff-\x04de")) == b"abc--de"
    assert b"".join(decode_runs(b"\x81")) == b""


@pytest.mark.parametrize("name", [b"ASCII85Decode", b"RunLengthDecode"])
def test_filters_of_pages_are_bounded(name: bytes) -> None:
    packed = b"<" + b" " * 2_000_000 if name == b"ASCII85Decode" else b"\x81a" * 600_000
    data = page_of(stream(packed).replace(b"/FlateDecode", b"[/FlateDecode/" + name + b"]"))
    begin = time.process_time()
    with pytest.raises((NoTextError, TooLargeError)):
        read(data)
    assert time.process_time() - begin < 8  # white space alone took hours


@pytest.mark.parametrize("piece", [b"trailer<<", b"1 0 obj[/ObjStm "])
def test_objects_that_never_end_are_given_up(piece: bytes) -> None:
    """Each is read to the end of the file, so that twice as many take four times as long."""
    begin = time.process_time()
    pieces = b"".join(piece.replace(b"1", b"%d" % number) for number in range(1, 30_000))
    with pytest.raises(TimeLimitError):
        read(b"%PDF-1.4\n" + pieces, Settings(ocr="never", isolation="never", limits=Limits(timeout_s=1.0)))
    assert time.process_time() - begin < 10


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"q 1 0 0 1 0 0 cm Q\n" * 400_000, id="operators"),
        pytest.param(b"0 0 m 10 10 l S\n" * 400_000, id="paths"),
        pytest.param(b"BT /F1 1 Tf ( ) Tj ET\n" * 400_000, id="strings"),
        pytest.param(b"1 " * 4_000_000, id="operands"),
        pytest.param(b"[" * 1_000_000, id="lists"),
        pytest.param(b"q " * 2_000_000, id="states"),
        pytest.param(b"/X1 Do " * 1000, id="forms in forms"),
    ],
)
def test_endless_pages_end_by_themselves(content: bytes) -> None:
    forms = [
        stream(b"/X%d Do " % (number + 1) * 1000, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X%d %d 0 R>>>>" % (number + 1, number + 6))
        for number in (1, 2)
    ]  # fmt: skip
    last = stream(b"q Q " * 10_000, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    data = page_of(stream(TEXT + content), b"/Font<</F1 5 0 R>>/XObject<</X1 6 0 R>>", [*forms, last])
    begin = time.process_time()
    document = read(data)
    assert time.process_time() - begin < 8
    assert document.text.startswith(SENTENCE)
    assert [notice.code for notice in document.notices] == ["broken_page"] and document.unread


@pytest.mark.parametrize(
    ("font", "table"),
    [
        (composite_font(), b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange"),
        (composite_font(), b"1 beginbfrange (\\000\\000\\000\\000) (\\377\\377\\377\\377) (\\000A) endbfrange"),
        (composite_font(), b"<00000000> <7FFFFFFF> 5 endcidrange"),
        (composite_font(b"/W[0 2000000000 500]"), b""),
    ],
)
def test_ranges_are_counted_before_they_are_written_out(font: bytes, table: bytes) -> None:
    data = page_of(stream(TEXT + b"BT /F2 12 Tf <0001> Tj ET"), b"/Font<</F1 5 0 R/F2 6 0 R>>", [font, stream(table)])
    begin = time.process_time()
    assert SENTENCE in read(data).text
    assert time.process_time() - begin < 2


def test_tables_of_usual_fonts_are_kept() -> None:
    letters = b"".join(b"<%04X> <%04X>\n" % (i, 0x4E00 + i) for i in range(20_000))
    assert count_ranges(b"1 beginbfchar\n" + letters + b"endbfchar 1 beginbfrange <0000> <00FF> <0000> endbfrange") == 256 < MAX_RANGES


@pytest.mark.parametrize("content", [bytes(90_000_000), zlib.compress(bytes(900_000_000), 9)])
def test_streams_unpack_to_a_limit(content: bytes) -> None:
    entries = b"/Filter[/FlateDecode/FlateDecode]" if len(content) < 1_000_000 else b"/Filter/FlateDecode"
    packed = zlib.compress(content, 9)
    data = page_of(b"<</Length %d%s>>\nstream\n" % (len(packed), entries) + packed + b"\nendstream")
    with pytest.raises(TooLargeError, match="unpacks"):
        read(data)


def test_time_of_the_document_ends_its_pages() -> None:
    kids = b" ".join(b"3 0 R" for _ in range(40))
    slow = stream(TEXT + b"0 0 m 10 10 l S\n" * 60_000)
    data = pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[" + kids + b"]/Count 40>>",
                   b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>", slow, FONT])  # fmt: skip
    limits = Limits(timeout_s=1.0, timeout_per_page_s=0.0)
    begin = time.process_time()
    document = read(data, Settings(ocr="never", isolation="never", limits=limits))
    assert time.process_time() - begin < 6
    assert SENTENCE in document.text and len(document.pages) == 40
    assert document.unread and {notice.code for notice in document.notices} <= {"broken_page", "empty_page"}


def test_heads_that_are_the_whole_text_are_the_text() -> None:
    pages = [
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>" % (5 + 2 * i) for i in range(3)
    ]
    contents = [stream(b"BT /F1 12 Tf 50 800 Td (Annex, page %d) Tj ET" % (i + 1)) for i in range(3)]
    both = [part for pair in zip(pages, contents, strict=True) for part in pair]
    data = pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[4 0 R 6 0 R 8 0 R]/Count 3>>", FONT, *both])
    assert read(data).text.split("\n\n") == ["Annex, page 1", "Annex, page 2", "Annex, page 3"]


def run(text: str) -> Run:
    return Run(text, 50, 100, 500, 112, 12, False)


def test_a_font_that_shows_other_letters_is_garbled() -> None:
    words = "Der Anbieter reagiert innert vier Stunden nach Eingang der Meldung und behebt die Störung am gleichen Arbeitstag, sofern die Ursache bei ihm liegt. "
    page = RawPage(1, 595, 842, [run(words * 3)])
    assert not is_garbled(page, page.shown)
    # What a font shows whose letters are numbered from 3 on, as fonts made by Windows are, and that has no table to Unicode.
    cipher = "".join(chr(ord(letter) - 29) if letter.isascii() and letter.isalpha() else letter for letter in words)
    assert find_fault(RawPage(1, 595, 842, [run(cipher * 3)])) == "garbled_page"
    private = RawPage(1, 595, 842, [run("\ue001\ue002\ue003 " * 20)])
    assert find_fault(private) == "garbled_page"


def test_a_tree_without_pages_is_an_error() -> None:
    with pytest.raises((NoTextError, CorruptDocumentError)):
        read(pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]))


def test_text_of_millions_of_lines_is_refused_at_once() -> None:
    begin = time.process_time()
    for data in (b"a\n" * 4_000_000, b"a|b\r" * 1_000_000, b"\n" * 8_000_000 + b"a"):
        with pytest.raises(TooLargeError, match="line"):
            read(data)
    assert time.process_time() - begin < 8
    with pytest.raises(AnalyzerError, match="201 lines"):
        read_document(b"a line\n\n" * 201, settings=Settings(limits=Limits(max_lines=200)))


def test_a_page_that_was_not_read_is_said_and_nothing_is_called_missing() -> None:
    """Of 20 pages the third cannot be read: the report says so, in four languages, and no clause is called missing for it."""
    import analyzer

    head = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(20)) + b"]/Count 20>>",
        FONT,
    ]
    rest = []
    for number in range(20):
        rest += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>" % (5 + 2 * number),
            stream(TEXT.replace(b"four hours", b"%d hours" % (number + 2))),
        ]
    whole = pdf_of([*head, *rest])
    rest[5] = b"<</Length 10/Filter/FlateDecode>>\nstream\nno deflate\nendstream"
    settings = Settings(ocr="never")
    report = analyzer.analyze(pdf_of([*head, *rest]), settings=settings)
    assert [(notice.code, notice.page) for notice in report.document.notices if notice.unread] == [("broken_page", 3)]
    assert len(report.document.pages) == 20 and " 4 hours" not in report.document.text and "21 hours" in report.document.text
    assert any(finding.kind == "missing" for finding in analyzer.analyze(whole, settings=settings).findings)
    assert not any(finding.kind == "missing" for finding in report.findings)
    assert "page 3" in report.render("md", "en").lower()


@pytest.mark.parametrize("matrix", ["0.94 0.34 -0.34 0.94 100 400", "-1 0 0 -1 300 400", "0 1 -1 0 300 400"])
def test_a_short_text_that_runs_elsewhere_is_read(matrix: str) -> None:
    assert read(page_of(stream(TEXT.replace(b"50 400 Td", matrix.encode() + b" Tm")))).text == SENTENCE


def test_a_trailer_that_names_no_catalog_is_not_believed() -> None:
    """Fonts stand with the tree of pages then, which must not be lost with the root."""
    font = FONT.replace(b">>", b"/Encoding<</Differences[84/S]>>>>")
    data = pdf_of([b"<</Producer(X)>>", b"<</Type/Catalog/Pages 3 0 R>>", b"<</Type/Pages/Kids[4 0 R]/Count 1/Resources<</Font<</F1 6 0 R>>>>>>",
                   b"<</Type/Page/Parent 3 0 R/MediaBox[0 0 595 842]/Contents 5 0 R>>", stream(TEXT), font])  # fmt: skip
    assert read(data).text == SENTENCE.replace("T", "S")
    # Without any catalog the pages are found one by one, each with what stands above it.
    assert read(data.replace(b"/Type/Catalog", b"/Type/Xatalog")).text == SENTENCE.replace("T", "S")


def test_a_font_without_a_space_has_one() -> None:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/X/FirstChar 97/LastChar 98/Widths[500 500]/FontDescriptor 7 0 R>>"
    header = b"%!PS-AdobeFont-1.0: X\n/Encoding 256 array\ndup 97 /a put\ndup 98 /b put\nreadonly def\ncurrentfile eexec\n"
    file = b"<</Length %d/Length1 %d>>\nstream\n" % (len(header), len(header)) + header + b"\nendstream"
    more = [font, b"<</Type/FontDescriptor/FontFile 8 0 R>>", file]
    assert read(page_of(stream(b"BT /F2 12 Tf 50 400 Td (ab ba) Tj ET"), b"/Font<</F2 6 0 R>>", more)).text == "ab ba"
