"""Formats with pages (PDF, images) to the lines of each page: which reader takes them, and what is wrong with a page."""

from __future__ import annotations

from analyzer.errors import CorruptDocumentError, SettingsError, TooLargeError, UnsupportedFormatError
from analyzer.reading.builder import TextLine
from analyzer.reading.parts import ReadPage
from analyzer.reading.runs import RawPage
from analyzer.settings import Settings
from analyzer.types import Notice

#: A page with more unmapped characters than this share is garbled: its font has no table to Unicode.
GARBLED_SHARE = 0.25


def read_pdf_pages(data: bytes, settings: Settings) -> tuple[list[ReadPage], list[Notice]]:
    """Return the pages of a PDF in reading order, and what must be known of them."""
    return _lay_out(_read_raw_pages(data, settings), settings)


def read_image_pages(data: bytes, settings: Settings) -> tuple[list[ReadPage], list[Notice]]:
    """Return the pages of an image file, read by text recognition."""
    raise UnsupportedFormatError("The file is an image, not a contract that can be read", hint="scan it to a PDF with text recognition")


def _lay_out(raw: list[RawPage], settings: Settings) -> tuple[list[ReadPage], list[Notice]]:
    from analyzer.reading.layout import continues, find_furniture, layout_page

    furniture = find_furniture(raw)
    pages: list[ReadPage] = []
    notices: list[Notice] = []
    previous: list[TextLine] | None = None
    length = 0
    for page in raw:
        code = find_fault(page)
        lines, dropped = layout_page(page, furniture)
        if code:
            notices.append(Notice(code, _PAGE_FAULTS[code], page.number))
        if code == "garbled_page":
            lines = []
        joins = previous is not None and continues(previous, lines)
        pages.append(ReadPage(page.width, page.height, lines, dropped, joins))
        if lines:
            previous = lines
        length += sum(len(line.text) for line in lines)
        if length > settings.limits.max_characters:
            raise TooLargeError(f"The document holds more than {settings.limits.max_characters:,} characters")
    return pages, notices


_PAGE_FAULTS = {
    "garbled_page": "A font of the page does not say which letters it shows; the page was not read",
    "broken_page": "The page is damaged and was read in part at most",
    "image_page": "The page is an image with little or no text and was not read",
    "empty_page": "No text was found on the page, though something is drawn on it",
}


def find_fault(page: RawPage) -> str:
    """Return why a page must be taken as unread, or "": a clause is never called missing because its page was not read."""
    shown = sum(len(run.text.strip()) for run in page.runs)
    if shown > 20 and page.unmapped > GARBLED_SHARE * shown:
        return "garbled_page"
    if page.error:
        return "broken_page"
    # A stamp or a signature line on a scan is text, but not the text of the page.
    if page.image_share > 0.8 and shown < 100:
        return "image_page"
    return "empty_page" if not shown and page.painted else ""


def _read_raw_pages(data: bytes, settings: Settings) -> list[RawPage]:
    """Read with the engine of the settings; what pdfminer cannot open, or opens without any text, is tried with pdfium where that is installed."""
    from analyzer.reading import pdf, pdfium

    if settings.pdf_engine == "pdfium":
        return list(pdfium.read_pdf_pages(data, limits=settings.limits))
    try:
        pages = list(pdf.read_pdf_pages(data, limits=settings.limits))
        if any(page.gave_up for page in pages) or (any(page.runs for page in pages) and not all(page.error for page in pages)):
            return pages
        refused = None
    except CorruptDocumentError as error:
        pages, refused = [], error
    try:
        second = list(pdfium.read_pdf_pages(data, limits=settings.limits))
    except (CorruptDocumentError, SettingsError):
        second = []
    if any(page.runs for page in second):
        return second
    if refused is not None:
        raise refused
    return pages
