"""Scans made in the test: drawn, rendered to pixels, and read again. Without tesseract they are skipped, the others run."""

from __future__ import annotations

import io
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzer.errors import CorruptDocumentError, NoTextError, ReadError, SettingsError, TooLargeError, UnsupportedFormatError
from analyzer.reading import ocr, read_document
from analyzer.settings import Limits, Settings
from analyzer.structure import split_document
from analyzer.types import Document, Span

MakePdf = Callable[..., bytes]
F, B = "Helvetica", "Helvetica-Bold"
FRENCH = [
    "Le prestataire garantit un temps de réaction de quatre heures ouvrées",
    "dès la réception de l'annonce. Les heures de service sont du lundi au",
    "vendredi de 08h00 à 17h00, à l'exception des jours fériés.",
]
GERMAN = ["Der Anbieter reagiert innert vier Stunden nach Eingang der Meldung und", "behebt die Störung bis zum nächsten Werktag."]

needs_tesseract = pytest.mark.skipif(not ocr.can_recognize(), reason="tesseract is not installed: it is an extra")


def page_of(lines: list[str], title: str = "5 Niveaux de service") -> list[tuple[float, float, str, str, float]]:
    return [(60, 90, title, B, 16), *((60, 130 + 15 * i, line, F, 11) for i, line in enumerate(lines))]


def render(data: bytes, dpi: int = 200) -> list[Any]:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]


def as_scan(images: list[Any], dpi: int = 200) -> bytes:
    """Return a PDF whose pages are these images and nothing else."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for image in images:
        width, height = image.width * 72 / dpi, image.height * 72 / dpi
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(image), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def as_file(images: list[Any], kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    images[0].save(buffer, kind, **options)
    return buffer.getvalue()


def box_of(document: Document, word: str) -> Any:
    start = document.text.index(word)
    (box,) = document.boxes(Span(start, start + len(word)))
    return box


@needs_tesseract
def test_a_scanned_page_is_read_like_a_digital_one(make_pdf: MakePdf) -> None:
    digital = make_pdf([page_of(FRENCH)])
    document, expected = read_document(as_scan(render(digital))), read_document(digital)
    assert document.text == expected.text
    assert [notice.code for notice in document.notices] == ["ocr"] and not document.unread
    for word in ("prestataire", "vendredi", "quatre heures"):
        seen, drawn = box_of(document, word), box_of(expected, word)
        assert seen.page == drawn.page == 1
        assert all(abs(a - b) < 6 for a, b in zip(seen[1:], drawn[1:], strict=True)), (word, seen, drawn)
    assert [row.kind for row in split_document(document)] == [row.kind for row in split_document(expected)]


@needs_tesseract
def test_digital_pages_of_a_mixed_file_keep_their_text(make_pdf: MakePdf) -> None:
    from pypdf import PdfReader, PdfWriter

    digital = make_pdf([page_of(["Digital words stay: xqzt 4711."], "A"), page_of(GERMAN, "B Leistungen")])
    scan = as_scan(render(digital)[1:])
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(digital)), pages=(0, 1))
    writer.append(PdfReader(io.BytesIO(scan)))
    buffer = io.BytesIO()
    writer.write(buffer)
    document = read_document(buffer.getvalue())
    assert "xqzt 4711." in document.text and "nächsten Werktag." in document.text
    assert box_of(document, "Werktag").page == 2
    never = read_document(buffer.getvalue(), settings=Settings(ocr="never"))
    assert "Werktag" not in never.text and [(n.code, n.page) for n in never.notices] == [("image_page", 2)]


@needs_tesseract
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages(make_pdf: MakePdf, turn: int) -> None:
    image = render(make_pdf([page_of(FRENCH * 3)]))[0].rotate(turn, expand=True)
    assert "temps de réaction de quatre heures ouvrées" in read_document(as_scan([image])).text


@needs_tesseract
def test_a_page_that_lies_askew(make_pdf: MakePdf) -> None:
    image = render(make_pdf([page_of(FRENCH)]), 300)[0]
    straight, askew = read_document(as_scan([image], 300)), read_document(as_scan([image.rotate(-1.5, fillcolor=255)], 300))
    assert len(askew.text.split("\n")) == len(straight.text.split("\n"))
    assert askew.text.split("\n")[-1] == FRENCH[-1]


@needs_tesseract
@pytest.mark.parametrize(("kind", "options"), [("PNG", {"dpi": (200, 200)}), ("JPEG", {"quality": 70}), ("TIFF", {}), ("PNG", {})])
def test_image_files(make_pdf: MakePdf, kind: str, options: dict[str, Any]) -> None:
    image = render(make_pdf([page_of(GERMAN, "3 Störungen")]))[0]
    document = read_document(as_file([image], kind, **options))
    assert document.text == "3 Störungen\n\n" + "\n".join(GERMAN)
    assert abs(document.pages[0].width - 595) < 3 and document.media_type == f"image/{kind.lower()}"


@needs_tesseract
def test_a_fax_of_several_pages_with_an_empty_back(make_pdf: MakePdf) -> None:
    from PIL import Image

    images = render(make_pdf([page_of(GERMAN, "1 Störungen"), page_of(FRENCH)]))
    images.insert(1, Image.new("L", images[0].size, 255))
    document = read_document(as_file(images, "TIFF", save_all=True, append_images=images[1:]))
    assert len(document.pages) == 3 and not document.pages[1].lines
    assert "nächsten Werktag" in document.text and "jours fériés" in document.text
    assert [notice.code for notice in document.notices] == ["ocr"]


@needs_tesseract
def test_columns_of_a_scanned_table(make_pdf: MakePdf) -> None:
    cells = [("Priorität", "Reaktion", "Lösung"), ("P1 kritisch", "60 Minuten", "24 Stunden"), ("P2 normal", "8 Stunden", "5 Arbeitstage")]
    page = page_of(GERMAN, "4 Zeiten") + [
        (x, 220 + 22 * i, t, F, 11) for i, row in enumerate(cells) for x, t in zip((60, 220, 380), row, strict=True)
    ]
    text = read_document(as_scan(render(make_pdf([page])))).text
    assert "P1 kritisch | 60 Minuten | 24 Stunden" in text and "P2 normal | 8 Stunden | 5 Arbeitstage" in text


@needs_tesseract
@pytest.mark.parametrize("turn", [0, 90])
def test_cells_of_a_ruled_table_hold_several_lines(make_pdf: MakePdf, turn: int) -> None:
    xs, ys = (60, 190, 330, 480), (220, 245, 290, 335)
    rules = [(xs[0], y, xs[-1], y) for y in ys] + [(x, ys[0], x, ys[-1]) for x in xs]
    cells = [(64, 237, "Priorität"), (194, 237, "Reaktion"), (334, 237, "Lösung"), (64, 262, "P1 Ausfall des"), (64, 278, "ganzen Netzes"), (194, 262, "60 Minuten"),
             (334, 262, "innert 24 Stunden"), (334, 278, "nach Meldung"), (64, 307, "P2 Einzelner"), (64, 323, "Arbeitsplatz"), (194, 307, "8 Stunden"),
             (334, 307, "5 Arbeitstage")]  # fmt: skip
    pdf = make_pdf([page_of(GERMAN * 2, "4 Zeiten") + [(x, y, t, F, 11) for x, y, t in cells]], rules)
    text = read_document(as_scan([image.rotate(turn, expand=True) for image in render(pdf)])).text
    assert "P1 Ausfall des ganzen Netzes | 60 Minuten | innert 24 Stunden nach Meldung" in text
    assert "P2 Einzelner Arbeitsplatz | 8 Stunden | 5 Arbeitstage" in text


def test_strokes_are_lines_and_no_letters_or_bars(make_pdf: MakePdf) -> None:
    import numpy as np

    from analyzer.reading.strokes import find_strokes

    pdf = make_pdf([page_of(FRENCH)], [(60, 300, 400, 300), (60, 300, 60, 400), (400, 300, 400, 320)])
    pixels = np.asarray(render(pdf, 300)[0]).copy()
    pixels[3000:3100, 200:1500] = 0
    rules = [tuple(round(value) for value in rule) for rule in find_strokes(pixels, 72 / 300)]
    assert len(rules) == 3
    for rule, drawn in zip(sorted(rules), sorted([(60, 300, 400, 300), (60, 300, 60, 400), (400, 300, 400, 320)]), strict=True):
        assert all(abs(a - b) <= 1 for a, b in zip(rule, drawn, strict=True)), rules


@needs_tesseract
def test_force_reads_pages_that_have_a_text_of_their_own(make_pdf: MakePdf) -> None:
    document = read_document(make_pdf([page_of(FRENCH)]), settings=Settings(ocr="force"))
    assert [notice.code for notice in document.notices] == ["ocr"] and FRENCH[0] in document.text


@needs_tesseract
def test_what_cannot_be_read_well_is_said() -> None:
    import numpy as np
    from PIL import Image

    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (1200, 900), dtype=np.uint8))
    with pytest.raises(NoTextError, match="1 of 1 pages"):
        read_document(as_file([noise], "PNG"))


@needs_tesseract
def test_doubtful_pages_count_as_unread(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.reading.readers.DOUBTFUL", 99.9)
    document = read_document(as_scan(render(make_pdf([page_of(FRENCH)]))), settings=Settings(isolation="never"))
    assert ("doubtful_page", 1) in [(notice.code, notice.page) for notice in document.notices] and document.unread


@needs_tesseract
def test_time_and_pixels_are_bounded(make_pdf: MakePdf) -> None:
    scan = as_scan(render(make_pdf([page_of(FRENCH)])))
    for limits in (
        Limits(ocr_page_timeout_s=0.01),
        Limits(ocr_timeout_s=0),
        Limits(max_ocr_pixels=1000),
        Limits(ocr_memory_bytes=1_000_000),
    ):
        begin = time.perf_counter()
        with pytest.raises(NoTextError, match="1 of 1 pages"):
            read_document(scan, settings=Settings(limits=limits))
        assert time.perf_counter() - begin < 10
    image = as_file(render(make_pdf([page_of(FRENCH)])), "PNG")
    with pytest.raises(TooLargeError, match="pixels"):
        read_document(image, settings=Settings(limits=Limits(max_ocr_pixels=1000)))


@needs_tesseract
@pytest.mark.parametrize("magic", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\x00", b"MM\x00*"])
def test_damaged_images(magic: bytes) -> None:
    with pytest.raises(CorruptDocumentError):
        read_document(magic + b"0000")


def test_without_tesseract_the_message_says_how_to_get_it(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "find_command", lambda: None)
    here = Settings(isolation="never")
    pdf = make_pdf([page_of(FRENCH)])
    with pytest.raises(NoTextError, match="apt-get install tesseract-ocr"):
        read_document(as_scan(render(pdf)), settings=here)
    with pytest.raises(UnsupportedFormatError, match="apt-get install tesseract-ocr"):
        read_document(as_file(render(pdf), "PNG"), settings=here)
    with pytest.raises(SettingsError, match="not installed"):
        read_document(pdf, settings=Settings(ocr="force", isolation="never"))
    assert not read_document(pdf, settings=here).notices


def test_never_means_never(make_pdf: MakePdf) -> None:
    with pytest.raises(UnsupportedFormatError, match="auto"):
        read_document(as_file(render(make_pdf([page_of(FRENCH)])), "PNG"), settings=Settings(ocr="never"))


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", "echo '<html><span class=ocr_line title=bbox'", "sleep 60"])
def test_a_command_that_fails_leaves_the_page_unread(
    make_pdf: MakePdf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    command = tmp_path / "tesseract"
    command.write_text(f"#!/bin/sh\ncase $1 in --list-langs) echo fra; exit 0;; esac\ncat >/dev/null\n{script}\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert shutil.which("tesseract") == str(command)
    with pytest.raises(ReadError, match="1 of 1 pages"):
        read_document(
            as_scan(render(make_pdf([page_of(FRENCH)]))), settings=Settings(isolation="never", limits=Limits(ocr_page_timeout_s=0.5))
        )


@needs_tesseract
def test_columns_in_two_languages_are_read_in_both(make_pdf: MakePdf) -> None:
    left = [
        (50, 100 + 15 * i, line, F, 8)
        for i, line in enumerate(
            ["Le délai de résolution est fixé à", "l'annexe; les jours fériés sont exclus", "et le prestataire répond à l'appel."] * 3
        )
    ]
    right = [
        (320, 100 + 15 * i, line, F, 8)
        for i, line in enumerate(
            ["Die Lösungszeit ist für Störungen im", "Anhang geregelt; über die Prüfung der", "Gebühren einigen sich die Parteien."] * 3
        )
    ]
    text = read_document(as_scan(render(make_pdf([left + right]), 300), 300)).text
    assert "fériés" in text and "Störungen" in text and "Gebühren" in text


@needs_tesseract
def test_the_language_is_tasted_before_a_page_is_read_in_all_of_them(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, int]] = []
    run = ocr._run
    here = Settings(isolation="never")

    def logged(command: str, pixels: Any, options: Any, *rest: Any, **more: Any) -> bytes:
        calls.append((options[options.index("-l") + 1], pixels.size))
        return run(command, pixels, options, *rest, **more)

    monkeypatch.setattr(ocr, "_run", logged)
    for lines, language in ((FRENCH, "fra"), (GERMAN * 3, "deu")):
        calls.clear()
        pages = read_document(as_scan(render(make_pdf([page_of(lines * 4, "5")] * 3), 300), 300), settings=here).pages
        assert len(pages) == 3
        (_, taste), *whole = calls
        assert [spoken for spoken, _ in whole] == [language] * 3
        # All that is white around the ink is left away, and the taste is a few lines in half the resolution.
        assert taste < 150_000 and max(size for _, size in whole) < 2480 * 3508 / 2
    calls.clear()
    # Nothing tells the language of figures: then the page is read in all of them, as before.
    read_document(as_scan(render(make_pdf([[(60, 100 + 30 * i, f"CHF {i} 000.00", F, 14) for i in range(12)]]), 300), 300), settings=here)
    assert [spoken for spoken, _ in calls[:3]] == ["fra", "fra", "fra+deu+ita+eng"] and calls[0][1] < calls[1][1]


def image_of(pdf: bytes, number: int = 1) -> Any:
    from analyzer.reading.images import render_pdf
    from analyzer.reading.runs import RawPage

    (image,) = render_pdf(pdf, {number: RawPage(number, 595, 842)}, limits=Limits())
    return image


def test_a_page_that_is_one_image_is_taken_as_it_was_scanned(make_pdf: MakePdf) -> None:
    import numpy as np

    (page,) = render(make_pdf([page_of(FRENCH * 4)]), 300)
    for scan in (page, page.convert("RGB"), page.convert("P")):
        image = image_of(as_scan([scan], 300))
        assert np.array_equal(image.pixels, np.asarray(page)) and abs(image.width - 595) < 1
    assert len(np.unique(image_of(as_scan([page.convert("1", dither=0)], 300)).pixels)) > 2, "black and white is smoothed"
    # Of another resolution, shown in part, or with something drawn over it: then the page is rendered.
    assert image_of(as_scan([page.resize((page.width // 2, page.height // 2))], 150)).pixels.shape[1] in range(
        page.width - 2, page.width + 3
    )


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_an_image_on_a_turned_page_is_turned_as_it_is_shown(make_pdf: MakePdf, turn: int) -> None:
    import numpy as np
    from pypdf import PdfReader, PdfWriter

    (page,) = render(make_pdf([page_of(FRENCH * 4)]), 300)
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(as_scan([page], 300))))
    writer.pages[0].rotate(turn)
    buffer = io.BytesIO()
    writer.write(buffer)
    (shown,) = render(buffer.getvalue(), 30)
    image = image_of(buffer.getvalue())
    assert image.pixels.shape in (page.size, page.size[::-1]) and (image.width > image.height) == (turn != 180)
    small = np.asarray(shown.convert("L").resize((image.pixels.shape[1] // 20, image.pixels.shape[0] // 20))).astype(int)
    coarse = image.pixels[: small.shape[0] * 20, : small.shape[1] * 20].reshape(small.shape[0], 20, small.shape[1], 20).mean(axis=(1, 3))
    assert np.corrcoef(small.ravel(), coarse.ravel())[0, 1] > 0.7


def test_what_lies_over_or_around_an_image_is_seen(make_pdf: MakePdf) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    (page,) = render(make_pdf([page_of(FRENCH * 4)]), 300)
    size = (page.width * 72 / 300, page.height * 72 / 300)

    def drawn(draw: Callable[[Canvas], None], mask: Any = None, image: Any = page) -> Any:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=size)
        canvas.drawImage(ImageReader(image), 0, 0, *size, mask=mask)
        draw(canvas)
        canvas.save()
        return image_of(buffer.getvalue())

    plain = drawn(lambda canvas: None)
    stamped = drawn(lambda canvas: canvas.rect(100, 100, 300, 60, fill=1))
    noted = drawn(lambda canvas: canvas.acroForm.textfield(x=100, y=100, width=300, height=60, fillColor=None, value="4711"))
    assert stamped.ink > plain.ink + 0.02 and noted.pixels.shape != plain.pixels.shape
    # Black, given the shape of letters by a mask: by itself it would be a black page.
    inverted = Image.new("RGBA", page.size, "black")
    inverted.putalpha(page.point(lambda value: 255 - value))
    shaped = drawn(lambda canvas: None, "auto", inverted)
    assert abs(shaped.ink - plain.ink) < 0.02


@needs_tesseract
def test_white_margins_are_left_away_and_boxes_stay(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = as_scan(render(make_pdf([page_of(FRENCH)]), 300), 300)
    cropped = read_document(pdf, settings=Settings(isolation="never"))
    monkeypatch.setattr(ocr, "_find_inked", lambda pixels: (slice(0, pixels.shape[0]), slice(0, pixels.shape[1])))
    whole = read_document(pdf, settings=Settings(isolation="never"))
    assert cropped.text == whole.text
    for word in ("Niveaux", "vendredi", "fériés."):
        assert all(abs(a - b) < 1 for a, b in zip(box_of(cropped, word)[1:], box_of(whole, word)[1:], strict=True)), word


@needs_tesseract
def test_pixels_reach_the_command_by_its_standard_input_as_well(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = as_scan(render(make_pdf([page_of(FRENCH)]), 300), 300)
    by_memory = read_document(pdf, settings=Settings(isolation="never")).text
    monkeypatch.setattr("analyzer.reading.pixels.has_memory_files", lambda: False)
    assert read_document(pdf, settings=Settings(isolation="never")).text == by_memory


def test_a_header_of_tiff_is_one() -> None:
    import numpy as np
    from PIL import Image

    from analyzer.reading.pixels import tiff_header

    pixels = np.arange(35, dtype=np.uint8).reshape(5, 7)
    with Image.open(io.BytesIO(tiff_header(7, 5) + pixels.tobytes())) as image:
        assert image.mode == "L" and np.array_equal(np.asarray(image), pixels)


@pytest.mark.parametrize("length", [2, 5, 9, 16, 31])
def test_lines_are_found_wherever_they_begin_and_end(length: int) -> None:
    import numpy as np

    from analyzer.reading.strokes import _lines

    ink = np.zeros((10 * 91, 91), dtype=bool)
    for start in range(91):
        ink[10 * start, start : start + length] = True
        ink[10 * start + 5, start : start + length - 1] = True  # too short
    assert _lines(ink, length, 2.0) == [(10 * start + 0.5, start, start + length) for start in range(91 - length + 1)]


def test_without_the_extra_the_message_says_how_to_get_it(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "find_command", lambda: "/usr/bin/tesseract")
    monkeypatch.setattr(ocr, "find_languages", lambda command: ("fra", "osd"))
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    scan = as_scan(render(make_pdf([page_of(FRENCH)])))
    with pytest.raises(NoTextError, match=r"clause-analyzer\[ocr\]"):
        read_document(scan, settings=Settings(isolation="never"))


def test_a_library_that_is_missing_is_no_damaged_image(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    from analyzer.reading.images import read_images

    data = as_file([Image.new("L", (100, 100), 255)], "PNG")
    assert len(read_images(data, limits=Limits())) == 1
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(ImportError, match="numpy"):
        read_images(data, limits=Limits())
