"""Formats with pages (PDF, images) to the lines of each page: which reader takes them, and what is wrong with a page."""

from __future__ import annotations

from analyzer.errors import SettingsError, TooLargeError, UnsupportedFormatError
from analyzer.reading.budget import Budget
from analyzer.reading.builder import TextLine
from analyzer.reading.parts import ReadPage
from analyzer.reading.readers import find_fault, misses_letters, read_raw_pages
from analyzer.reading.runs import RawPage
from analyzer.settings import Limits, Settings
from analyzer.types import Notice

#: Recognition that has less of a page than this share of its known text lost a part of it.
LEAST_READ = 0.9


def read_pdf_pages(data: bytes, settings: Settings, budget: Budget) -> tuple[list[ReadPage], list[Notice]]:
    """Return the pages of a PDF in reading order, and what must be known of them."""
    raw = read_raw_pages(data, settings, budget)
    if settings.ocr != "never":
        raw = _recognize_unread(data, raw, settings, budget)
    return _lay_out(raw, settings)


def read_image_pages(data: bytes, settings: Settings, budget: Budget) -> tuple[list[ReadPage], list[Notice]]:
    """Return the pages of an image file, read by text recognition.

    Raises
    ------
    UnsupportedFormatError
        There is no text recognition, or the settings forbid it.
    """
    from analyzer.reading.images import read_images
    from analyzer.reading.ocr import can_recognize, ocr_hint, recognize_pages

    if settings.ocr == "never" or not can_recognize():
        raise UnsupportedFormatError("The file is an image, not a contract that can be read", hint=ocr_hint(settings))
    images = read_images(data, limits=settings.limits)
    _allow_recognition(len(images), settings.limits, budget)
    pages = []
    for image in images:
        page = RawPage(image.number, image.width, image.height)
        page.painted, page.image_share = True, 1.0
        pages.append(page)
    read = {page.number: page for page in recognize_pages(images, limits=settings.limits)}
    return _lay_out([read.get(page.number, page) for page in pages], settings)


def _allow_recognition(pages: int, limits: Limits, budget: Budget) -> None:
    """Text recognition has a time of its own, and ends by itself when that is over."""
    budget.add(min(pages * limits.ocr_page_timeout_s, limits.ocr_timeout_s), now=True)


def _recognize_unread(data: bytes, raw: list[RawPage], settings: Settings, budget: Budget) -> list[RawPage]:
    """Replace the pages that have no text of their own, or all of them, by what text recognition reads; the others keep theirs."""
    from analyzer.reading.ocr import can_recognize, ocr_hint, recognize_pages

    forced = settings.ocr == "force"
    wanted = {page.number: page for page in raw if forced or (_is_unread(page) and not page.gave_up)}
    if not wanted:
        return raw
    if not can_recognize():
        if forced:
            raise SettingsError("Text recognition (OCR) is not installed", hint=ocr_hint(settings))
        return raw
    from analyzer.reading.images import render_pdf

    _allow_recognition(len(wanted), settings.limits, budget)
    known = " ".join(run.text for page in raw if page.number not in wanted for run in page.runs[:2000])
    read = {
        page.number: page
        for page in recognize_pages(
            render_pdf(data, wanted, limits=settings.limits, password=settings.password), limits=settings.limits, text=known
        )
    }
    return [page if not forced and _is_worse(read.get(page.number), page) else read.get(page.number, page) for page in raw]


def _is_unread(page: RawPage) -> bool:
    # One unknown sign on a page is worth a notice; a page of known letters is not given away for it.
    return find_fault(page) not in ("", "doubtful_page") or misses_letters(page)


def _is_worse(read: RawPage | None, page: RawPage) -> bool:
    """Tell whether a page that misses some letters is still better than what text recognition made of it."""
    return read is None or (
        find_fault(page) == "doubtful_page" and (bool(find_fault(read)) or _count_signs(read) < LEAST_READ * _count_signs(page))
    )


def _count_signs(page: RawPage) -> int:
    return sum(len(word) for run in page.runs for word in run.text.split())


def _lay_out(raw: list[RawPage], settings: Settings) -> tuple[list[ReadPage], list[Notice]]:
    from analyzer.reading.layout import continues, find_furniture, layout_page

    furniture = find_furniture(raw)
    laid = [layout_page(page, furniture) for page in raw]
    # Heads and page numbers run over something. Where most pages hold nothing else, they are the text.
    if 2 * sum(bool(page.runs) and not (lines or notes) for page, (lines, _, notes) in zip(raw, laid, strict=True)) > sum(
        bool(page.runs) for page in raw
    ):
        laid = [layout_page(page, None) for page in raw]
    pages: list[ReadPage] = []
    notices: list[Notice] = []
    footnotes: list[list[TextLine]] = []
    previous: list[TextLine] | None = None
    length = 0
    for page, (lines, dropped, notes) in zip(raw, laid, strict=True):
        code = find_fault(page)
        if code:
            message = _LETTERS_LOST if code == "doubtful_page" and page.recognized is None else _PAGE_FAULTS[code]
            notices.append(Notice(code, message, page.number))
        if code == "garbled_page":
            lines, notes = [], []
        joins = previous is not None and continues(previous, lines)
        if lines:
            previous = lines
        pages.append(ReadPage(page.width, page.height, lines, dropped, joins))
        footnotes.append(notes)
        length += sum(len(line.text) for line in lines + notes)
        if length > settings.limits.max_characters:
            raise TooLargeError(f"The document holds more than {settings.limits.max_characters:,} characters")
    _place_footnotes(pages, footnotes)
    if any(page.recognized is not None and page.runs for page in raw):
        notices.append(Notice("ocr", "Scanned pages were read by text recognition (OCR); compare figures with the original"))
    return pages, notices


def _place_footnotes(pages: list[ReadPage], footnotes: list[list[TextLine]]) -> None:
    """Put footnotes at the end of their page, or after the paragraph or table that goes on from there: no sentence is torn by them."""
    waiting: list[TextLine] = []
    for number, page in enumerate(pages):
        following = pages[number + 1] if number + 1 < len(pages) else None
        goes_on = following is not None and (following.joins or _is_one_table(page.lines, following.lines))
        if waiting:
            rows = page.lines[0].hint == "table_row"
            end = next(
                (n for n, line in enumerate(page.lines) if n and (line.hint != "table_row" if rows else line.new_block)), len(page.lines)
            )
            if end < len(page.lines) or not goes_on:
                page.lines[end:end] = waiting
                waiting = []
        waiting = waiting + footnotes[number]
        if waiting and not goes_on:
            page.lines += waiting
            waiting = []


def _is_one_table(before: list[TextLine], after: list[TextLine]) -> bool:
    return (
        bool(before and after)
        and all(line.hint == "table_row" for line in (before[-1], after[0]))
        and len(before[-1].cells or ()) == len(after[0].cells or ())
    )


_LETTERS_LOST = "A font of the page does not say which letters some of its signs are; they were not read"
_PAGE_FAULTS = {
    "doubtful_page": "The page was read by text recognition, which is not sure of many words",
    "garbled_page": "A font of the page does not say which letters it shows; the page was not read",
    "broken_page": "The page is damaged and was read in part at most",
    "image_page": "The page is an image with little or no text and was not read",
    "empty_page": "No text was found on the page, though something is drawn on it",
}
