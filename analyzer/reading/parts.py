"""What a reader makes of one file, before it goes into the text of a document: its pages with their lines."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from analyzer.errors import CorruptDocumentError, NoTextError, ReadError, SettingsError, TooLargeError
from analyzer.extras import missing_library
from analyzer.reading.budget import Budget
from analyzer.reading.builder import TextLine
from analyzer.reading.sniff import DOCX, HTML, IMAGES, MAIL, ODT, PDF, sniff
from analyzer.settings import Settings
from analyzer.types import Notice


@dataclass(slots=True)
class ReadPage:
    """The lines of a page; width and height are 0 where the format has no pages. With `joins` the page before goes on here."""

    width: float
    height: float
    lines: list[TextLine]
    furniture: tuple[str, ...] = ()
    joins: bool = False


@dataclass(slots=True)
class ReadPart:
    """One file; the pages of its notices count from 1."""

    name: str
    media_type: str
    sha256: str
    pages: list[ReadPage]
    notices: list[Notice] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        """Whether there are letters; on a PDF that was read whole a figure is enough, elsewhere it is a page number, a stamp, or no document at all."""
        told = str.isalnum if self.media_type == PDF and not any(notice.unread for notice in self.notices) else str.isalpha
        return any(told(character) for page in self.pages for line in page.lines for character in line.text)


@dataclass(slots=True)
class Bounds:
    """What an e-mail, with all that lies in it, may still hold and cost: attachments, e-mails in one another, time."""

    files: int
    depth: int
    budget: Budget


def read_parts(name: str, data: bytes, settings: Settings, budget: Budget, *, bounds: Bounds | None = None) -> list[ReadPart]:
    """Read one file: one part, or several where it is an e-mail with attachments.

    Parameters
    ----------
    name : str
    data : bytes
    settings : Settings
    budget : Budget
        Time that is left.
    bounds : Bounds, optional
        What is left of them where the file lies in an e-mail.

    Raises
    ------
    ReadError
        One of its kinds; nothing else but SettingsError comes out of here, whatever the file holds.
    """
    media_type = sniff(data)
    try:
        if media_type == MAIL:
            from analyzer.reading.mail import read_mail

            parts = read_mail(name, data, settings, bounds or Bounds(settings.limits.max_parts, settings.limits.max_mail_depth, budget))
        else:
            pages, notices = _read_pages(data, media_type, settings, budget)
            parts = [ReadPart(name, media_type, hashlib.sha256(data).hexdigest(), pages, notices)]
    except (ReadError, SettingsError):
        raise
    except ImportError as error:
        raise missing_library(error) from error
    except MemoryError as error:
        raise TooLargeError("The document needs more memory than there is", hint="split the file, or print it to a new PDF") from error
    except (RecursionError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, LookupError, OSError,
            AssertionError, EOFError) as error:  # fmt: skip
        # What a reader's library throws at a damaged file stops here, as one kind of error.
        raise CorruptDocumentError(f"The file cannot be read: {type(error).__name__}", hint="it is nested too deeply or damaged") from error
    count = sum(len(page.lines) for part in parts for page in part.pages)
    if count > settings.limits.max_lines:
        raise TooLargeError(
            f"The document has {count:,} lines, more than {settings.limits.max_lines:,}", hint="raise limits.max_lines or split the file"
        )
    if not any(part.has_text for part in parts):
        raise _no_text(parts, settings)
    return parts


def _read_pages(data: bytes, media_type: str, settings: Settings, budget: Budget) -> tuple[list[ReadPage], list[Notice]]:
    """Return the pages of a file that is one part."""
    limits = settings.limits
    if media_type == PDF or media_type in IMAGES:
        from analyzer.reading.paged import read_image_pages, read_pdf_pages

        return read_pdf_pages(data, settings, budget) if media_type == PDF else read_image_pages(data, settings, budget)
    notices: list[Notice] = []
    furniture: tuple[str, ...] = ()
    if media_type == DOCX:
        from analyzer.reading.word import read_word_lines

        lines, notices, furniture = read_word_lines(data, limits=limits)
    elif media_type == ODT:
        from analyzer.reading.odt import read_odt_lines

        lines, notices, furniture = read_odt_lines(data, limits=limits)
    elif media_type == HTML:
        from analyzer.reading.web import read_html_lines

        lines, notices = read_html_lines(data, limits=limits)
    else:
        from analyzer.reading.plain import decode, read_plain_lines

        text = decode(data)
        if text.count("\n") + text.count("\r") > 4 * limits.max_lines:
            raise TooLargeError(
                f"The text has more than {4 * limits.max_lines:,} line ends", hint="raise limits.max_lines or split the file"
            )
        lines = read_plain_lines(text)
    return [ReadPage(0, 0, lines, furniture)], notices


def _no_text(parts: list[ReadPart], settings: Settings) -> NoTextError:
    from analyzer.reading.ocr import ocr_hint

    unread = [notice for part in parts for notice in part.notices if notice.page and notice.unread]
    if unread:
        count = sum(len(part.pages) for part in parts)
        return NoTextError(
            f"No text can be read on {len(unread)} of {count} pages: they are images or use a font without letters", hint=ocr_hint(settings)
        )
    left_out = [notice.name for part in parts for notice in part.notices if notice.code == "unread_attachment"]
    if left_out:
        return NoTextError("The file holds no text of its own, and what is attached cannot be read: " + ", ".join(left_out[:10]))
    return NoTextError("The document holds no text", hint="if it is a scan: " + ocr_hint(settings))
