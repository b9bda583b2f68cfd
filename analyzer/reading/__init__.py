"""Bytes to a Document: pages and lines with boxes under one canonical text."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePath
from typing import BinaryIO

from analyzer.errors import CorruptDocumentError, NoTextError, ReadError, SettingsError, TooLargeError
from analyzer.reading.builder import TextBuilder
from analyzer.reading.runs import RawPage
from analyzer.reading.sniff import DOCX, PDF, sniff
from analyzer.settings import Limits, Settings
from analyzer.types import Document, Notice

Source = str | Path | bytes | BinaryIO

#: A page with more unmapped characters than this share is garbled: its font has no table to Unicode.
GARBLED_SHARE = 0.25


def read_bytes(source: Source, *, limits: Limits | None = None) -> tuple[str, bytes]:
    """Return name and content of a path, bytes, or an open binary file.

    Raises
    ------
    ReadError
        No such file, not readable, or not bytes.
    TooLargeError
        More than `limits.max_bytes`; no more than that is ever read.
    """
    limits = limits or Limits()
    if isinstance(source, bytes | bytearray | memoryview):
        name, data = "", bytes(source)
    elif isinstance(source, str | PurePath):
        path = Path(source)
        name = path.name
        try:
            if path.is_dir():
                raise ReadError(f"{path} is a folder", hint="name a file; score takes folders")
            if not path.is_file():
                raise ReadError(f"No such file: {path}", hint="check the name and the folder")
            with path.open("rb") as file:
                data = file.read(limits.max_bytes + 1)
        except (OSError, ValueError) as error:
            raise ReadError(f"Cannot open {path}: {error}") from error
    elif hasattr(source, "read"):
        name = PurePath(str(getattr(source, "name", "") or "")).name
        try:
            content = source.read(limits.max_bytes + 1)
        except (OSError, ValueError) as error:
            raise ReadError(f"The open file cannot be read: {error}") from error
        if not isinstance(content, bytes):
            raise ReadError("The file is open as text", hint='open it with mode "rb"')
        data = content
    else:
        raise ReadError(f"Cannot read a {type(source).__name__}", hint="give a path, bytes or a binary file")
    if len(data) > limits.max_bytes:
        raise TooLargeError(f"The file is larger than {limits.max_bytes:,} bytes", hint="raise limits.max_bytes or split the file")
    return name, data


def read_document(source: Source, *, name: str | None = None, settings: Settings | None = None) -> Document:
    """Read a contract.

    Parameters
    ----------
    source : path, bytes or binary file
    name : str, optional
        Name to show; by default that of the file.
    settings : Settings, optional

    Raises
    ------
    ReadError
        One of its kinds, each with a code and a hint.
    """
    settings = settings or Settings()
    given, data = read_bytes(source, limits=settings.limits)
    media_type = sniff(data)
    builder = TextBuilder()
    notices: list[Notice] = []
    try:
        if media_type == PDF:
            _read_pdf(data, builder, notices, settings)
        elif media_type == DOCX:
            from analyzer.reading.word import read_word_lines

            lines, word_notices, furniture = read_word_lines(data, limits=settings.limits)
            notices += word_notices
            builder.add_page(1, 0, 0, lines, furniture)
        else:
            from analyzer.reading.plain import decode, read_plain_lines

            builder.add_page(1, 0, 0, read_plain_lines(decode(data)))
    except ReadError:
        raise
    except SettingsError:
        raise
    except (RecursionError, MemoryError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError) as error:
        # What a reader's library throws at a damaged file stops here, as one kind of error.
        raise CorruptDocumentError(f"The file cannot be read: {type(error).__name__}", hint="it is nested too deeply or damaged") from error
    text, pages = builder.finish()
    if len(text) > settings.limits.max_characters:
        raise TooLargeError(f"The document holds {len(text):,} characters, more than {settings.limits.max_characters:,}")
    if not any(character.isalpha() for character in text):
        unread = [notice.page for notice in notices if notice.page]
        if unread:
            raise NoTextError(
                f"No text can be read on {len(unread)} of {len(pages)} pages: they are images or use a font without letters",
                hint="run text recognition (OCR) on the file first",
            )
        raise NoTextError("The document holds no text", hint="if it is a scan, run text recognition (OCR) on it first")
    return Document(
        name=name if name is not None else given,
        media_type=media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        text=text,
        pages=pages,
        notices=tuple(notices),
    )


def _read_pdf(data: bytes, builder: TextBuilder, notices: list[Notice], settings: Settings) -> None:
    from analyzer.reading.layout import continues, find_furniture, layout_page

    raw = _read_raw_pages(data, settings)
    furniture = find_furniture(raw)
    previous = None
    for page in raw:
        shown = sum(len(run.text.strip()) for run in page.runs)
        lines, dropped = layout_page(page, furniture)
        code = _page_fault(page, shown)
        if code:
            notices.append(Notice(code, _PAGE_FAULTS[code], page.number))
        if code == "garbled_page":
            lines = []
        joins = previous is not None and continues(previous, lines)
        builder.add_page(page.number, page.width, page.height, lines, dropped, joins=joins)
        if lines:
            previous = lines
        if builder.length > settings.limits.max_characters:
            raise TooLargeError(f"The document holds more than {settings.limits.max_characters:,} characters")


_PAGE_FAULTS = {
    "garbled_page": "A font of the page does not say which letters it shows; the page was not read",
    "broken_page": "The page is damaged and was read in part at most",
    "image_page": "The page is an image with little or no text and was not read",
    "empty_page": "No text was found on the page, though something is drawn on it",
}


def _page_fault(page: RawPage, shown: int) -> str:
    """Return why a page must be taken as unread, or "": a clause is never called missing because its page was not read."""
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
