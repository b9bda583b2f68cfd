"""Which of the two PDF readers has a page: pdfminer first, pdfium for the pages on which it fails, finds nothing, or finds garbage."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable

from analyzer.errors import CorruptDocumentError, EncryptedDocumentError, ReadError, SettingsError
from analyzer.reading.budget import Budget
from analyzer.reading.ocr import DOUBTFUL
from analyzer.reading.runs import RawPage
from analyzer.reading.scripts import is_of_one_script, is_spoken
from analyzer.reading.unnamed import USUAL_SHIFT
from analyzer.settings import Settings

#: A page with more characters that are no letters of any script than this share is garbled: its font has no table to Unicode.
GARBLED_SHARE = 0.25
#: More unknown letters than these, and than this share of a page: another reader or text recognition is asked for all of it.
FEW_LOST, LOST_SHARE = 3, 0.005
#: Share of the words known to one reader that the other must have as well.
SAME_WORDS = 0.9
#: Vowels make up 36 to 48 % of the Latin letters of a text; under this share, the font shows other letters than it names.
LEAST_VOWELS, LEAST_LETTERS = 0.22, 200
#: No letter of a text makes up more than a fifth of it (E in Dutch), and of its first 200 words over half are different.
MOST_OF_ONE, LEAST_DIFFERENT = 0.25, 0.25
#: Seconds that must be left to ask the second reader: it cannot be asked to stop.
NATIVE_S = 2.0

_GARBAGE = re.compile("[\ue000-\uf8ff\ufffd-\uffff\x00-\x08\x0e-\x1f]")
#: What pdfium would give for glyph numbers in the usual order, turned back.
_DECIPHERED = {code: code + USUAL_SHIFT for code in range(3, 98)}
_VOWELS = frozenset("aeiou")


def read_raw_pages(data: bytes, settings: Settings, budget: Budget) -> list[RawPage]:
    """Return the pages of a PDF, each from the reader that has more of it; pdfium takes part where it is installed.

    Raises
    ------
    CorruptDocumentError, EncryptedDocumentError, TooLargeError
    """
    from analyzer.reading import pdf, pdfium

    def first() -> list[RawPage]:
        return list(pdf.read_pdf_pages(data, limits=settings.limits, budget=budget, password=settings.password))

    def second(wanted: Callable[[int], bool]) -> list[RawPage]:
        found = list(pdfium.read_pdf_pages(data, limits=settings.limits, budget=budget, wanted=wanted, password=settings.password))
        for page in found:
            # Where few are in question, the other letters of the page would speak for them.
            if page.unmapped > GARBLED_SHARE * page.shown and _is_plausible(" ".join(run.text for run in page.runs)):
                page.unmapped = 0  # pdfium found the letters by the names inside the font, and they make words
        return found

    if settings.pdf_engine == "pdfium" and budget.native:
        try:
            pages = second(lambda number: True)
        except CorruptDocumentError:
            return first()
        return _with_names(pages, first, budget)
    try:
        pages = first()
    except (CorruptDocumentError, EncryptedDocumentError) as error:
        return _read_refused(error, second, budget)
    poor = {page.number for page in pages if _is_poor(page)}
    lost = bool(pages) and pages[-1].lost > 0
    if not (poor or lost) or not budget.native or budget.left < NATIVE_S:
        return pages
    try:
        others = second((lambda number: True) if lost else poor.__contains__)
    except (ReadError, SettingsError):
        return pages
    if len(others) > len(pages):
        # Pages of a damaged tree. Where the two agree in number, a page is the same page.
        if not lost:
            try:
                others = second(lambda number: True)
            except (ReadError, SettingsError):
                return pages
        return others if _letters(others) >= _letters(pages) else pages
    if len(others) < len(pages):
        return pages
    return [other if page.number in poor and _is_better(other, page) else page for page, other in zip(pages, others, strict=True)]


def _with_names(pages: list[RawPage], first: Callable[[], list[RawPage]], budget: Budget) -> list[RawPage]:
    """Replace the pages for which pdfium knows numbers of glyphs only by what the first reader has for them, if that is more."""
    unnamed = {page.number for page in pages if page.unmapped > GARBLED_SHARE * page.shown > 0}
    if not unnamed or budget.left < NATIVE_S:
        return pages
    try:
        others = first()
    except ReadError:
        return pages
    if len(others) != len(pages):
        return pages
    return [
        other if page.number in unnamed and find_fault(other) in ("", "doubtful_page") else page
        for page, other in zip(pages, others, strict=True)
    ]


def _read_refused(error: ReadError, second: Callable[[Callable[[int], bool]], list[RawPage]], budget: Budget) -> list[RawPage]:
    """Return what pdfium makes of a file that pdfminer cannot open; raise the reason of the one that knows it."""
    if not budget.native:
        raise error
    try:
        pages = second(lambda number: True)
    except EncryptedDocumentError as other:
        raise other from error
    except (CorruptDocumentError, SettingsError):
        raise error from None
    if not pages:
        raise error
    return pages


def _is_poor(page: RawPage) -> bool:
    if page.gave_up and page.shown:
        return False  # what takes one reader too long may take the other as long, and what was read would be lost with it
    if not page.shown or page.unmapped > GARBLED_SHARE * page.shown:
        return True
    return misses_letters(page) or find_fault(page) in ("garbled_page", "broken_page", "empty_page")


def _is_better(other: RawPage, page: RawPage) -> bool:
    if page.unmapped > GARBLED_SHARE * page.shown > 0:
        text = " ".join(run.text for run in other.runs)
        # Where pdfium has a letter for each glyph, it knows the encoding or the set of characters by name; that can still be the wrong one.
        return _is_plausible(text) or (not other.unmapped and not _GARBAGE.search(text) and is_of_one_script(text))
    if other.error:
        return other.shown > page.shown
    if not page.error and page.lost_letters and not is_garbled(page, page.shown):
        # What the second reader gives for these is a letter only where the font names it, and what was known already must be the same.
        return not (other.unmapped or other.lost_letters) and _has_words_of(other, page)
    # A page that was read to its end is believed over one that stopped; but pdfium may have lost what pdfminer found before it did.
    # An empty page from either is no proof that the page is empty.
    return 0 < other.shown >= page.shown


def _has_words_of(other: RawPage, page: RawPage) -> bool:
    known = {word for run in page.runs for word in run.text.split() if "\ufffd" not in word}
    return len(known & {word for run in other.runs for word in run.text.split()}) >= SAME_WORDS * len(known) > 0


def _is_plausible(text: str) -> bool:
    r"""Tell whether a text can be the right one for a font that does not say which letters it shows.

    pdfium gives the numbers of the glyphs then, which look like a cipher ("9ROXPHV\x03" for "Volumes "): control characters, hardly a vowel, or letters
    of all scripts.
    """
    shown = sum(not character.isspace() for character in text)
    letters, vowels, _ = _count_letters(text)
    if letters < max(3, 0.4 * shown) or vowels < 0.2 * letters or _GARBAGE.search(text) or not is_spoken(text):
        return False
    # "/DERU" could be spoken as well, but so could what it stands for.
    other = text.translate(_DECIPHERED)
    return sum(map(str.isalpha, other)) < letters or not is_spoken(other)


def _letters(pages: list[RawPage]) -> int:
    return sum(page.shown for page in pages)


def find_fault(page: RawPage) -> str:
    """Return why a page must be taken as unread, or "": a clause is never called missing because its page was not read."""
    if page.recognized is not None:
        return "doubtful_page" if page.recognized < DOUBTFUL else ""
    shown = page.shown
    if is_garbled(page, shown):
        return "garbled_page"
    if page.error:
        return "broken_page"
    # A stamp or a signature line on a scan is text, but not the text of the page.
    if page.image_share > 0.8 and shown < 100:
        return "image_page"
    if page.lost_letters:
        return "doubtful_page"
    return "empty_page" if not shown and page.painted else ""


def misses_letters(page: RawPage) -> bool:
    """Tell whether more than a very few letters of a page are unknown."""
    return page.recognized is None and page.lost_letters > max(FEW_LOST, LOST_SHARE * page.shown)


def is_garbled(page: RawPage, shown: int) -> bool:
    """Tell whether the letters of a page are not those that it shows: characters without a meaning, or words that nobody can speak."""
    if page.unmapped > GARBLED_SHARE * shown and (shown > 20 or 2 * page.unmapped > max(shown, 4)):
        return True  # of a few words, a bullet or two are a quarter
    text = "".join(run.text for run in page.runs)
    garbage = len(_GARBAGE.findall(text))
    if garbage > GARBLED_SHARE * shown and (shown > 20 or 2 * garbage > max(shown, 4)):
        return True
    if shown <= 20:
        # Signs of many kinds, and not a letter or a figure among them.
        return len(set(text)) > 5 and not any(map(str.isalnum, text))
    if shown <= LEAST_LETTERS:
        return False
    folded = text.casefold()
    if sum(map(folded.count, _VOWELS)) >= LEAST_VOWELS * len(folded):
        return False  # so many vowels as nearly every page has, whatever the other letters are
    letters, vowels, counts = _count_letters(text)
    if not (letters > LEAST_LETTERS and letters > 0.4 * shown and len(counts) >= 12 and vowels < LEAST_VOWELS * letters):
        return False
    # A text in other letters has the frequencies of a text still. Rows of x, drawings made of letters and lists of codes have not.
    words = [word for run in page.runs for word in run.text.split()][:200]
    return max(counts) < MOST_OF_ONE * letters and len(set(words)) >= LEAST_DIFFERENT * len(words)


def _count_letters(text: str) -> tuple[int, int, list[int]]:
    """Return the number of Latin letters, of vowels among them, and of each that there is."""
    folded = text.casefold() if text.isascii() else unicodedata.normalize("NFD", text.casefold())
    counts = {letter: folded.count(letter) for letter in string.ascii_lowercase}
    return sum(counts.values()), sum(counts[letter] for letter in _VOWELS), [count for count in counts.values() if count]
