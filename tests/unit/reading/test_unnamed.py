"""Fonts without a table to Unicode: letters by what the font says, by the usual order of glyphs where it is proved, and none in a cipher."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from fontfiles import cmap, codes_4, codes_6, codes_12, compact, post, program
from pdfminer.encodingdb import name2unicode
from pdfminer.fontmetrics import FONT_METRICS
from test_bounds import HERE, page_of, read, stream

from analyzer.errors import NoTextError
from analyzer.reading import images, ocr, read_here, readers
from analyzer.reading.budget import Budget
from analyzer.reading.fontfiles import read_program_letters
from analyzer.reading.readers import find_fault
from analyzer.reading.runs import RawPage, Run
from analyzer.reading.truetype import MAX_CODES, STANDARD_ORDER, read_letters
from analyzer.reading.unnamed import UnnamedGlyphs, find_order

HELVETICA = FONT_METRICS["Helvetica"][1]
SENTENCE = "The provider reacts within four hours of the call and is on the site of the customer by the end of the day."
FRENCH = "Le prestataire répond dans les quatre heures à la demande, où elle a été présentée par le client."
#: A page in type of one width proves nothing by widths.
SINGLE: dict[str, float] = dict.fromkeys(map(chr, range(32, 0x2200)), 600.0)


def in_order(text: str) -> list[int]:
    """Return the glyphs of a text in the fonts of word processors."""
    return [STANDARD_ORDER.index(letter) for letter in text]


def as_they_came(text: str) -> list[int]:
    """Return the glyphs of a text in a font that was cut down and numbered in the order of use."""
    return [list(dict.fromkeys(text)).index(letter) + 3 for letter in text]


def in_alphabetical_order(text: str) -> list[int]:
    """Return the glyphs of a text in a font that was cut down and keeps the order of its letters."""
    return [sorted(set(text)).index(letter) + 3 for letter in text]


def widths_of(text: str, glyphs: Sequence[int], reference: Mapping[str, float] = HELVETICA) -> dict[int, float]:
    return {glyph: float(reference[letter]) for letter, glyph in zip(text, glyphs, strict=True)}


def page_with(glyphs: Sequence[int], widths: Mapping[int, float], font_program: bytes = b"", more: bytes = b"") -> bytes:
    """Return a PDF that shows glyphs of a font without a table to Unicode."""
    entry = b"/FontFile2 8 0 R" if font_program else b""
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/X"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 7 0 R/W["
        + b"".join(b"%d[%d]" % (glyph, width) for glyph, width in widths.items()) + b"]" + more + b">>]>>"
    )  # fmt: skip
    packed = zlib.compress(font_program)
    file = b"<</Length %d/Filter/FlateDecode>>\nstream\n" % len(packed) + packed + b"\nendstream"
    codes = b"".join(b"%04x" % glyph for glyph in glyphs)
    return page_of(
        stream(b"BT /F2 6 Tf 20 400 Td <" + codes + b"> Tj ET"),
        b"/Font<</F2 6 0 R>>",
        [font, b"<</Type/FontDescriptor" + entry + b">>", file],
    )


@pytest.mark.parametrize("text", [SENTENCE, FRENCH, "Volumes", "DESCRIPTION", "Zahlungsfrist 30 Tage"])
def test_usual_order_proved_by_widths(text: str) -> None:
    glyphs = in_order(text)
    assert read(page_with(glyphs, widths_of(text, glyphs))).text == text


@pytest.mark.parametrize(
    "text", [SENTENCE, "Der Anbieter hat die Leistungen für den Kunden und über die Frist von einem Jahr zu erbringen, nicht bis zum Ende."]
)
def test_usual_order_proved_by_words(text: str) -> None:
    glyphs = in_order(text)
    assert read(page_with(glyphs, widths_of(text, glyphs, SINGLE))).text == text


def test_accents_of_another_order_stay_unknown() -> None:
    """In fonts that have other letters behind ASCII, what stands for "é" has the width of no "e"."""
    glyphs = in_order(FRENCH)
    widths = widths_of(FRENCH, glyphs) | {STANDARD_ORDER.index(letter): 801.0 for letter in "éàù"}
    shown = FRENCH.translate(dict.fromkeys(map(ord, "éàù"), "\ufffd"))
    assert read(page_with(glyphs, widths)).text == shown


@pytest.mark.parametrize(
    ("text", "plausible"),
    [
        ("KEY INVESTOR INFORMATION", True),
        ("Checkliste Service", True),
        ("/DERU", False),
        ("9ROXPHV", False),
        ("XqnwOgU eRtA", False),
        ("12 34", False),
    ],
)
def test_what_the_second_reader_gives_for_glyphs_without_letters(text: str, plausible: bool) -> None:
    """It gives their numbers as if they were letters: "/DERU" for "Labor"."""
    assert readers._is_plausible(text) is plausible


def test_pdfium_alone_leaves_such_pages_to_the_first_reader() -> None:
    pytest.importorskip("pypdfium2")
    glyphs = in_order(SENTENCE)
    data = page_with(glyphs, widths_of(SENTENCE, glyphs))
    settings = replace(HERE, pdf_engine="pdfium")
    assert read_here([("", data)], "", settings, Budget(settings.limits)).text == SENTENCE


@pytest.mark.parametrize("order", [as_they_came, in_alphabetical_order, lambda text: [glyph + 2 for glyph in in_order(text)]])
@pytest.mark.parametrize("reference", [HELVETICA, SINGLE], ids=["widths", "one width"])
@pytest.mark.parametrize("text", [SENTENCE, SENTENCE.upper(), "Volumes", "PAYMENT TERMS"])
def test_ciphers_are_not_read(order, reference, text) -> None:  # type: ignore[no-untyped-def]
    glyphs = order(text)
    with pytest.raises(NoTextError) as caught:
        read(page_with(glyphs, widths_of(text, glyphs, reference)))
    assert "1 of 1 pages" in str(caught.value)


def test_figures_are_believed_beside_letters() -> None:
    figures = "30.06.2025"
    assert find_order(in_order(figures), widths_of(figures, in_order(figures))) is None
    both = page_of(
        stream(b"BT /F2 6 Tf 20 400 Td <" + b"".join(b"%04x" % g for g in in_order(SENTENCE)) + b"> Tj /F3 6 Tf 0 -9 Td <"
               + b"".join(b"%04x" % g for g in in_order(figures)) + b"> Tj ET"),
        b"/Font<</F2 6 0 R/F3 7 0 R>>",
        [b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/FontDescriptor<<>>/W[%s]>>]>>"
         % (name, name, b"".join(b"%d[%d]" % pair for pair in widths_of(text, in_order(text)).items())) for name, text in ((b"X", SENTENCE), (b"Y", figures))],
    )  # fmt: skip
    assert read(both).text.split("\n")[-1].endswith(figures)


def test_columns_set_with_spaces_part_when_the_letters_are_known() -> None:
    text = "Response time    within four hours of the call"
    glyphs = in_order(text)
    widths = widths_of(text, glyphs)
    (line,) = read(page_with(glyphs, widths)).text.split("\n")
    assert "    " not in line and line.startswith("Response time")


# ------------------------------------------------------------------------------------------------ what the program of a font says

GLYPHS = as_they_came(SENTENCE)
NAMES = dict(zip(SENTENCE, GLYPHS, strict=True))
PROGRAMS = {
    "codes 4": program({b"cmap": cmap({(3, 1): codes_4({ord(letter): glyph for letter, glyph in NAMES.items()})})}),
    "codes 6": program({b"cmap": cmap({(0, 3): codes_6(32, [NAMES.get(chr(code), 0) for code in range(32, 127)])})}),
    "codes 12": program(
        {b"cmap": cmap({(3, 10): codes_12([(ord(letter), ord(letter), glyph) for letter, glyph in sorted(NAMES.items())])})}
    ),
    "codes of the Macintosh": program(
        {b"cmap": cmap({(1, 0): struct.pack(">HHH", 0, 262, 0) + bytes(NAMES.get(chr(c), 0) for c in range(256))})}
    ),
    "names": program({b"post": post([0, 0, 0, *(STANDARD_ORDER.index(letter) if letter != "a" else "uni0061" for letter in NAMES)])}),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_letters_of_the_program(name: str) -> None:
    assert read(page_with(GLYPHS, {3: 500}, PROGRAMS[name])).text == SENTENCE


def test_letters_go_through_the_table_of_glyphs() -> None:
    """A PDF can number the glyphs by itself."""
    moved = {100 + number: glyph for number, glyph in enumerate(sorted(set(GLYPHS)))}
    back = {glyph: code for code, glyph in moved.items()}
    table = b"".join(moved.get(code, 0).to_bytes(2, "big") for code in range(200))
    from pdfminer.pdftypes import PDFStream

    spec = {"FontDescriptor": {"FontFile2": PDFStream({}, PROGRAMS["codes 4"])}, "CIDToGIDMap": PDFStream({}, table)}
    assert read_program_letters(spec) == {back[glyph]: letter for letter, glyph in NAMES.items()}


def test_names_in_a_compact_font() -> None:
    from pdfminer.pdftypes import PDFStream

    names = compact([34, 66, 391], ["eacute.alt"])
    assert read_program_letters({"FontDescriptor": {"FontFile3": PDFStream({}, names)}}) == {1: "A", 2: "a", 3: "é"}
    numbered = program({b"CFF ": compact([700, 701], identifiers=True), b"cmap": cmap({(3, 1): codes_4({65: 1, 66: 2})})}, b"OTTO")
    assert read_program_letters({"FontDescriptor": {"FontFile3": PDFStream({}, numbered)}}) == {700: "A", 701: "B"}


def test_encoding_inside_a_compact_font() -> None:
    """The codes of a font of single bytes stand in its program where the PDF names no encoding."""
    packed = zlib.compress(compact([66, 67, 391], ["eacute"], [200, 201, 202]))
    font = b"<</Type/Font/Subtype/Type1/BaseFont/X/FirstChar 200/LastChar 202/Widths[500 500 500]/FontDescriptor 7 0 R>>"
    file = b"<</Length %d/Filter/FlateDecode/Subtype/Type1C>>\nstream\n" % len(packed) + packed + b"\nendstream"
    more = [font, b"<</Type/FontDescriptor/Flags 4/FontFile3 8 0 R>>", file]
    assert read(page_of(stream(b"BT /F2 12 Tf 50 400 Td (\\311\\312\\313\\311) Tj ET"), b"/Font<</F2 6 0 R>>", more)).text == "béab"


def test_names_in_a_font_of_signs() -> None:
    """A font cut down by codes of its own says with the names of its glyphs what they are."""
    names = program({b"cmap": cmap({(3, 0): codes_4({0xF021: 1, 0xF022: 2})}), b"post": post([0, "Eacute", "uni0074"])})
    packed = zlib.compress(names)
    font = b"<</Type/Font/Subtype/TrueType/BaseFont/X/FirstChar 33/LastChar 34/Widths[500 500]/FontDescriptor 7 0 R>>"
    file = b"<</Length %d/Filter/FlateDecode>>\nstream\n" % len(packed) + packed + b"\nendstream"
    more = [font, b"<</Type/FontDescriptor/Flags 4/FontFile2 8 0 R>>", file]
    assert read(page_of(stream(b'BT /F2 12 Tf 50 400 Td (!"!) Tj ET'), b"/Font<</F2 6 0 R>>", more)).text == "ÉtÉ"


@pytest.mark.parametrize(
    "data",
    [
        program({b"cmap": cmap({(3, 10): codes_12([(32, 0xFFFFFFFF, 3)] * 5000)})}),
        program({b"cmap": cmap({(3, 1): struct.pack(">HHHHHHH", 4, 0, 0, 60_000, 0, 0, 0) + b"\xff\xfe" * 30_000 + b"\0" * 200_000})}),
        program({b"cmap": cmap({(3, number): codes_6(0, [1] * 60_000) for number in range(60)})}),
        program({b"post": struct.pack(">I28xH", 0x00020000, 65_535) + b"\xff" * 131_070 + b"\x01a" * 200_000}),
        program({b"cmap": b"\xff" * 4000}), program({b"post": b"\0\2\0\0"}), b"\0\1\0\0\xff\xff", b"OTTO", b"",
    ],
    ids=lambda data: f"{len(data)} bytes",
)  # fmt: skip
def test_hostile_programs_stay_bounded(data: bytes) -> None:
    start = time.process_time()
    assert len(read_letters(data, name2unicode)) <= MAX_CODES
    assert time.process_time() - start < 2


@pytest.mark.parametrize("cut", range(0, 90, 3))
def test_damaged_compact_fonts(cut: int) -> None:
    from pdfminer.pdftypes import PDFStream

    whole = compact([34, 66, 391], ["eacute"], [65, 66, 67])
    for data in (whole[:cut], whole[:cut] + b"\xff" * 9 + whole[cut + 9 :]):
        assert isinstance(read_program_letters({"FontDescriptor": {"FontFile3": PDFStream({}, data)}}), dict)


@pytest.mark.parametrize("widths", [{39: 1e300, 40: -1e300}, {39: [1], 40: b"x", "a": 5}, {}])
def test_widths_that_are_none(widths: dict[object, object]) -> None:
    class Font:
        fontname = "X"

        def __init__(self) -> None:
            self.widths = widths

    unnamed, font = UnnamedGlyphs(), Font()
    text = "".join(unnamed.sign(font, glyph) for glyph in in_order(SENTENCE))
    page = RawPage(1, 595, 842, [Run(text, 50, 100, 500, 112, 12, False)], unmapped=len(text))
    unnamed.name_letters([page])
    assert page.runs[0].text == SENTENCE and page.unmapped == 0


# ------------------------------------------------------------------------------------------------ pages that say nothing


@pytest.mark.parametrize(
    ("text", "unmapped", "fault"),
    [("\ufffd" * 8, 8, "garbled_page"), ("\uffff" * 4, 0, "garbled_page"), ("«“√\xa0“√«‘™“°“√", 0, "garbled_page"), ("\ufffd Page 3 of 4", 1, ""), ("• • •", 0, ""),
     ("__________ / __", 0, ""), ("12", 0, "")],
)  # fmt: skip
def test_few_signs_without_letters_are_no_text(text: str, unmapped: int, fault: str) -> None:
    page = RawPage(1, 595, 842, [Run(text, 50, 100, 200, 112, 12, False)], painted=True)
    page.unmapped = unmapped
    assert find_fault(page) == fault


def test_pages_of_unknown_glyphs_are_recognized(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def render(data: bytes, wanted: object, **options: object) -> list[object]:
        asked.append(sorted(wanted))  # type: ignore[call-overload]
        return []

    monkeypatch.setattr(ocr, "can_recognize", lambda: True)
    monkeypatch.setattr(images, "render_pdf", render)
    monkeypatch.setattr(ocr, "recognize_pages", lambda pages, **options: [])
    for text in (SENTENCE, "Volumes"):
        glyphs = as_they_came(text)
        with pytest.raises(NoTextError):
            read(page_with(glyphs, widths_of(text, glyphs)), replace(HERE, ocr="auto"))
    assert asked == [[1], [1]]


# ------------------------------------------------------------------------------------------------ letters that the PDF only seems to give


def stated_page(text: str, codes: Sequence[int], widths: Mapping[int, float]) -> bytes:
    """Return a page whose font says that each code is its own letter."""
    return page_with(codes, widths).replace(b"/Encoding/Identity-H", b"/Encoding/Identity-H/ToUnicode/Identity-H")


def test_a_table_that_repeats_the_codes_is_not_believed_where_they_are_glyphs() -> None:
    glyphs = in_order(SENTENCE)
    assert read(stated_page(SENTENCE, glyphs, widths_of(SENTENCE, glyphs))).text == SENTENCE


@pytest.mark.parametrize("text", [FRENCH, "Договор поставки"])
def test_a_table_that_repeats_the_codes_is_believed_where_they_are_letters(text: str) -> None:
    codes = list(map(ord, text))
    assert read(stated_page(text, codes, {code: float(HELVETICA.get(chr(code), 500)) for code in codes})).text == text


# ------------------------------------------------------------------------------------------------ letters that stay unknown


def codes_of(page: RawPage) -> tuple[str, bool]:
    return find_fault(page), readers.misses_letters(page)


def test_a_page_whose_accents_stay_unknown_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its order was proved for ASCII only: recognition is asked for the rest, and without it the reader is told."""
    glyphs = in_order(FRENCH)
    data = page_with(glyphs, widths_of(FRENCH, glyphs) | {STANDARD_ORDER.index(letter): 801.0 for letter in "éàù"})
    asked: list[int] = []

    def render(data: bytes, wanted: Mapping[int, object], **options: object) -> list[object]:
        asked.extend(wanted)
        return []

    monkeypatch.setattr(ocr, "can_recognize", lambda: True)
    monkeypatch.setattr(images, "render_pdf", render)
    monkeypatch.setattr(ocr, "recognize_pages", lambda pages, **options: [])
    document = read(data, replace(HERE, ocr="auto"))
    assert asked == [1] and document.unread
    assert [(notice.code, notice.page) for notice in document.notices] == [("doubtful_page", 1)]


def test_an_amount_in_an_unnamed_font_is_told() -> None:
    page = RawPage(
        1, 595, 842, [Run(f"The customer pays per day the sum below. {n}", 50, 20 * n, 300, 20 * n + 10, 10, False) for n in range(1, 30)]
    )
    assert codes_of(page) == ("", False)
    page.runs.append(Run("\ufffd" * 8, 50, 700, 100, 710, 10, False))
    page.unmapped = 8
    assert codes_of(page) == ("doubtful_page", True)


def test_one_unknown_letter_is_told_and_a_bullet_is_none() -> None:
    text = Run("The provider reacts within four hours of the call", 80, 100, 300, 110, 10, False)
    assert codes_of(RawPage(1, 595, 842, [Run("\ufffd", 50, 100, 56, 110, 10, False), text])) == ("", False)
    assert codes_of(RawPage(1, 595, 842, [text, Run("\ufffd", 302, 100, 308, 110, 10, False)])) == ("doubtful_page", False)
    assert codes_of(RawPage(1, 595, 842, [text._replace(text="a fee of 500 \ufffd per day of delay")])) == ("doubtful_page", False)


def test_stated_letters_that_the_order_contradicts_count_as_unknown() -> None:
    class Font:
        fontname, widths = "X", widths_of(SENTENCE, in_order(SENTENCE))

    unnamed, font = UnnamedGlyphs(), Font()
    text = "".join(unnamed.sign(font, glyph, chr(glyph)) for glyph in [*in_order(SENTENCE), 900])
    page = RawPage(1, 595, 842, [Run(text, 50, 100, 500, 112, 12, False)])
    unnamed.name_letters([page])
    assert page.runs[0].text == SENTENCE + "\ufffd" and page.unmapped == 1 and find_fault(page) == "doubtful_page"


@pytest.mark.parametrize("text", ["a\U000f5000", "\U000f0000", "x\U0010ffff", "\U0010fffe"])
def test_a_table_that_gives_our_own_signs_is_no_fault(text: str) -> None:
    table = stream(
        b"1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfchar <0900> <"
        + text.encode("utf-16-be").hex().encode()
        + b"> endbfchar"
    )
    glyphs = in_order(SENTENCE)
    page = page_of(
        stream(b"BT /F2 6 Tf 20 400 Td <0900> Tj 0 -20 Td <0045> Tj /F3 6 Tf 0 -20 Td <" + b"".join(b"%04x" % g for g in glyphs) + b"> Tj ET"),
        b"/Font<</F2 6 0 R/F3 8 0 R>>",
        [
            b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 7 0 R/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/A/FontDescriptor<<>>>>]>>",
            table,
            b"<</Type/Font/Subtype/Type0/BaseFont/B/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/B/FontDescriptor<<>>/W["
            + b"".join(b"%d[%d]" % pair for pair in widths_of(SENTENCE, glyphs).items()) + b"]>>]>>",
        ],
    )  # fmt: skip
    document = read(page)
    assert SENTENCE in document.text and not any(sign >= "\U000f0000" for sign in document.text)


def test_the_second_reader_is_believed_for_lost_letters_where_it_agrees_on_the_others() -> None:
    def page(text: str, unmapped: int = 0) -> RawPage:
        return RawPage(1, 595, 842, [Run(text, 50, 100, 500, 112, 12, False)], unmapped=unmapped)

    lost = page("La r\ufffdponse est donn\ufffde dans les d\ufffdlais apr\ufffds la demande", 4)
    assert readers._is_better(page("La réponse est donnée dans les délais après la demande"), lost)
    assert not readers._is_better(page("/D U«SRQVH HVW GRQQ«H GDQV OHV G«ODLV DSUªV OD GHPDQGH"), lost)
    assert not readers._is_better(page("La réponse est donnée dans les délais après la demande", 4), lost)
