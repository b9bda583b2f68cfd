"""Words of reports in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.assessment import load_catalogue
from analyzer.assessment.catalogue import Catalogue, recall_catalogue
from analyzer.assessment.sources import render_source
from analyzer.resources import read_toml
from analyzer.types import LANGUAGES, Document, Notice, Span

if TYPE_CHECKING:
    from analyzer.report.model import Report


def catalogue_of(report: Report) -> Catalogue:
    """Return the rules that a report was made with; the shipped ones where those are not known in this process."""
    return recall_catalogue(dict(report.provenance).get("rules_sha256", ""))


def word(group: str, key: str, language: str) -> str:
    """Return a word of `messages.toml`; English where the language is unknown."""
    entry = read_toml("messages.toml")[group][key]
    text: str = entry[language if language in LANGUAGES else "en"]
    return text


#: Errors whose own message holds a figure or a name that helps: which limit was passed, which program is missing.
_DETAILED = frozenset(["too_large", "settings", "unsafe", "read"])


def failure_text(code: str, message: str, language: str) -> str:
    """Return why a document could not be read and what to do, in the reader's language; the error's own words where none are known.

    Examples
    --------
    >>> failure_text("no_text", "The file is empty", "de")
    'Die Datei enthält keinen Text.'
    """
    if code not in read_toml("messages.toml")["error"]:
        return message
    text = word("error", code, language)
    return f"{text} ({message})" if code in _DETAILED else text


def notice_text(notice: Notice, language: str, document: Document) -> str:
    """Return a notice in words; its own message where no translation is known. With several files it names the file, and counts its pages."""
    known = read_toml("messages.toml")["notice"]
    page = notice.page
    if page is not None and len(document.parts) > 1:
        page -= max((part.first_page for part in document.parts if part.first_page <= page), default=1) - 1
    text = notice.message
    if notice.code in known:
        text = word("notice", notice.code, language).format(page=page, name=notice.name)
    return f"{notice.name}: {text}" if notice.name and notice.name not in text else text


def place_text(document: Document, span: Span, language: str) -> str:
    """Return where a passage stands: its page, and its file where there are several; "" where the format has no pages.

    Examples
    --------
    >>> place_text(Document("a.txt", "text/plain", "", "Text", ()), Span(0, 4), "en")
    ''
    """
    page = document.page_of(span)
    if len(document.parts) < 2:
        return f"{word('report', 'page', language)} {page}" if page else ""
    part = document.part_of(span)
    return f"{part.name}, {word('report', 'page', language)} {page - part.first_page + 1}" if page else part.name


def category_name(category: str, language: str, catalogue: Catalogue | None = None) -> str:
    """Return the name of a category; its id where a trained model or a user's rules brought one of their own."""
    known = (catalogue or load_catalogue()).categories.get(category)
    return known.name[language if language in LANGUAGES else "en"] if known else category


def silence_text(category: str, language: str, catalogue: Catalogue | None = None) -> str:
    """Return what a missing clause means for the customer, with the sources; nothing for a category that is not in the catalogue.

    Examples
    --------
    >>> silence_text("spare_equipment", "de").split(" (Quelle: ")[0]
    'Das Gesetz gibt während der Reparatur keinen Anspruch auf ein Ersatzgerät.'
    """
    known = (catalogue or load_catalogue()).categories.get(category)
    if known is None:
        return ""
    language = language if language in LANGUAGES else "en"
    source = render_source(known.source, language)
    return f"{known.law[language]} ({word('report', 'source', language)}: {source})" if source else known.law[language]


def role_name(role: str, language: str, catalogue: Catalogue | None = None) -> str:
    """Return what a duration is for: a category by name, or one of the finer roles."""
    return word("role", role, language) if role in read_toml("messages.toml")["role"] else category_name(role, language, catalogue)
