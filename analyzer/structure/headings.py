"""What is a heading, and how deep: by the format's own word, by number, by type and by capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from analyzer.structure.numbers import Number, Style, read_number

_NUMBERED = re.compile(
    r"^(?P<word>(?:art(?:icle|ikel|icolo)?|section|clause|chapitre|kapitel|capitolo|chapter|annexe?|anhang|anlage|allegato|appendix|schedule|exhibit|partie|teil|parte|part|titre|titel|titolo|title)\b\.?\s*)?"
    r"(?P<number>\d{1,2}(?:[.-]\d{1,2}){0,4}(?:\s?(?:bis|ter|quater|quinquies)\b)?|premier|primo|unique|unico|[IVX]{1,5}|[A-Z])(?P<tail>\s*[.):–—-]*(?:\s+|$))(?P<title>\S.*)?$",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"^§{1,2}\s*(?P<number>\d{1,3}[a-z]?)\b\.?\)?\s*(?P<title>.*)$")
_ENDS_LIKE_TEXT = re.compile(r"[,;]$|(?<!\betc)(?<!\b\d)(?<!\b\d\d)\.$")
#: Anything else at the end is not the end of a text; what ends with a line break is looked at closely.
_LAST_OF_TEXT = frozenset(",;.\n")
#: Two sentences: "Warranties. The provider makes the following ones".
_GOES_ON_AS_TEXT = re.compile(r"[a-zà-öø-ÿ]{4}\.\s+[A-ZÀ-Ý][a-zà-öø-ÿ]+\s")
#: Numbers of documents and files ("AB/123/4.1"), which are printed in capitals.
_CODE = re.compile(r"(?=\S*\d)(?=\S*[/_.-])\S+")
_GOES_ON = re.compile(r"[;,]$|[;,] (?:and|or|und|oder|et|ou|e|o)$")
_BULLET = re.compile(r"^[■▪●◆►▶➢•]\s*(?=\d)")
_VERB = {
    "fr": re.compile(r"\b(est|sont|sera|seront|peut|peuvent|doit|doivent|s'engage|assure|fournit|garantit|dispose|comprend|prend|facture|répond|intervient|a|ont|ne|n'est)\b", re.I),
    "de": re.compile(r"\b(ist|sind|wird|werden|kann|können|muss|müssen|darf|hat|haben|verpflichtet|gilt|gelten|erfolgt|erbringt|beträgt|reagiert|übernimmt|haftet)\b", re.I),
    "it": re.compile(r"\b(è|sono|sarà|saranno|può|possono|deve|devono|si impegna|garantisce|fornisce|comprende|interviene|risponde|ha|hanno|non)\b", re.I),
    "en": re.compile(r"\b(is|are|shall|will|may|must|can|has|have|does|provides|agrees|includes|responds|applies|warrants|means)\b", re.I),
}  # fmt: skip
MAX_HEADING = 110
#: Longest line of a title page that is no text, in characters: names of parties, places and dates.
TITLE_PAGE = 60


class Origin(StrEnum):
    """What a heading is known by."""

    FORMAT = "format"
    NUMBER = "number"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class HeadingGuess:
    """A heading with its level, 1 the outermost, within headings of the same origin."""

    level: int
    origin: Origin
    number: Number | None = None


class HeadingPath:
    """The headings that are open at a place.

    A format's own levels (Word styles, Markdown) count first, numbers come below them, and headings known by their look alone below those: "2.1" under
    "2." whatever stands above, and a bold line under the number before it.
    """

    def __init__(self) -> None:
        self._open: list[tuple[HeadingGuess, str]] = []
        #: How far clauses have been counted, in the body and in the annex that is open.
        self._reached: dict[Style, int] = {}
        self._before_annex: dict[Style, int] = {}
        self._settled: HeadingGuess | None = None
        #: Nothing but large lines came since the first one: a title page, and that one is the title.
        self._title_page = False

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._open)

    def note_text(self, text: str) -> None:
        """Tell that a block of text came."""
        if len(text) > TITLE_PAGE:
            self._title_page = False

    def close_for(self, guess: HeadingGuess) -> None:
        """Close the headings that end where a new one begins."""
        self._settled = self._settle(guess)
        del self._open[self._first_ended(self._settled) :]

    def _settle(self, guess: HeadingGuess) -> HeadingGuess:
        """A letter or Roman figure out of its order, among clauses counted in another style, is no part of the document that holds what follows.

        On a title page the first large line is the title; the others stand under it.
        """
        number = guess.number
        if self._title_page and guess == HeadingGuess(1, Origin.LOOK):
            return HeadingGuess(2, Origin.LOOK)
        if guess.origin is not Origin.NUMBER or number is None or number.style not in (Style.LETTER, Style.ROMAN) or number.value == (1,):
            return guess
        counted = any(other.number is not None and other.number.style in (Style.DECIMAL, Style.ARTICLE) for other, _ in self._open)
        if not counted or self._reached.get(number.style, 0) == number.value[0] - 1:
            return guess
        return HeadingGuess(3, Origin.LOOK)

    def _first_ended(self, guess: HeadingGuess) -> int:
        if guess.number is not None and guess.origin is Origin.NUMBER:
            if self._goes_on_after_annex(guess.number):
                return next(
                    n
                    for n, (other, _) in enumerate(self._open)
                    if other.origin is Origin.NUMBER and other.number is not None and other.number.style is Style.ANNEX
                )
            for position in range(len(self._open) - 1, -1, -1):
                # A heading of the same style is open: the new one stands beside it, or within it.
                heading = self._open[position][0]
                other = heading.number
                if heading.origin is not Origin.NUMBER or other is None or other.style is not guess.number.style:
                    continue
                if not guess.number.ends(other):
                    return position + 1
                if other.value[:-1] == guess.number.value[:-1]:
                    return position
        for position, (heading, _) in enumerate(self._open):
            if heading.origin is Origin.NUMBER and guess.number is not None and heading.number is not None:
                ends = guess.number.ends(heading.number)
            elif heading.origin is Origin.FORMAT and guess.origin is Origin.NUMBER:
                # An annex ends the clauses before it, in whatever style they are set; the title of the document stays above it.
                ends = guess.number is not None and guess.number.style is Style.ANNEX and heading.number is not None
            else:
                ends = {
                    Origin.FORMAT: heading.origin is not Origin.FORMAT or heading.level >= guess.level,
                    # A large line at the top is the title of the document; a bold line among the parties is not above clause 1.
                    Origin.NUMBER: heading.origin is Origin.LOOK and (heading.level > 1 or self._numbered_before(position)),
                    Origin.LOOK: heading.origin is Origin.LOOK and heading.level >= guess.level,
                }[guess.origin]
            if ends:
                return position
        return len(self._open)

    def _goes_on_after_annex(self, number: Number) -> bool:
        """Tell whether clauses count on from before the annex that is open: it was a mention of an annex, or an annex in their midst."""
        if number.style not in (Style.ARTICLE, Style.DECIMAL) or number.depth > 1 or not self._in_annex():
            return False
        value = number.value[0]
        return value > 1 and self._before_annex.get(number.style, 0) == value - 1 and self._reached.get(number.style, 0) != value - 1

    def _in_annex(self) -> bool:
        return any(
            other.origin is Origin.NUMBER and other.number is not None and other.number.style is Style.ANNEX for other, _ in self._open
        )

    def _numbered_before(self, position: int) -> bool:
        return any(other.origin is Origin.NUMBER for other, _ in self._open[:position])

    def add(self, guess: HeadingGuess, title: str) -> None:
        guess, self._settled = self._settled or guess, None
        self._title_page = guess.origin is Origin.LOOK and (
            self._title_page or (guess.level == 1 and not self._numbered_before(len(self._open)))
        )
        number = guess.number
        if number is not None and number.style is Style.ANNEX and guess.origin is Origin.NUMBER:
            if not self._in_annex():
                self._before_annex = self._reached
            self._reached = {}
        elif number is not None and number.depth == 1 and guess.origin is Origin.NUMBER:
            self._reached[number.style] = number.value[0]
        self._open.append((guess, title))


def _ends_like_text(text: str) -> bool:
    # Only the end is looked at: a search would try the expression at each letter of a paragraph.
    return text[-1:] in _LAST_OF_TEXT and bool(_ENDS_LIKE_TEXT.search(text, max(0, len(text) - 2)))


def guess_heading(
    text: str,
    *,
    hint: str = "",
    bold: bool = False,
    size_pt: float | None = None,
    body_pt: float | None = None,
    lines: int = 1,
    language: str = "en",
    alone: bool = True,
) -> HeadingGuess | None:
    """Decide whether a block is a heading.

    Parameters
    ----------
    text : str
        The block on one line.
    hint : str
        "heading1" .. "heading6" where the format says so.
    bold, size_pt, body_pt
        Type of the block, and the usual size of the document.
    lines : int
        How many printed lines the block has.
    alone : bool
        The block stands alone, with nothing of a paragraph behind it.
    """
    if hint.startswith("heading"):
        # Some writers style whole clauses as headings to get their numbers.
        verb = bool(_VERB[language].search(text))
        clause = (verb and (len(text) > MAX_HEADING or (len(text) > 60 and text.endswith(".")))) or bool(_GOES_ON.search(text))
        counted = _NUMBERED.match(text)
        number = (
            read_number(counted["word"] or "", counted["number"])
            if counted and (counted["word"] or counted["number"][0].isdigit())
            else None
        )
        return None if clause else HeadingGuess(int(hint[-1]), Origin.FORMAT, number)
    text = _BULLET.sub("", text)
    if hint == "side_note":
        # A few words in the margin say what the paragraph is about; a sentence there is a note.
        return None if len(text) > 60 or _ends_like_text(text) else HeadingGuess(4, Origin.LOOK)
    if hint in ("list_item", "table_row", "toc", "note") or lines > 2 or len(text) > MAX_HEADING or not any(c.isalpha() for c in text):
        return None
    paragraph = _PARAGRAPH.match(text)
    numbered = _NUMBERED.match(text)
    ends_like_text = _ends_like_text(text)
    if not (paragraph or numbered) and (ends_like_text or not alone):
        return None  # most paragraphs: nothing more needs to be known of them
    larger = bool(size_pt and body_pt and size_pt > 1.12 * body_pt)
    letters = list(filter(str.isalpha, text))
    capitals = len(letters) > 3 and sum(map(str.isupper, letters)) > 0.85 * len(letters)
    sentence_like = (
        ends_like_text
        or bool(_GOES_ON_AS_TEXT.search(text))
        or (len(text.split()) > 5 and bool(_VERB[language].search(text)) and not capitals)
    )
    if paragraph and len(text) < 90 and not sentence_like:
        return HeadingGuess(1, Origin.NUMBER, read_number("§", re.sub(r"\D", "", paragraph["number"])))
    if numbered:
        printed, title = numbered["number"], numbered["title"] or ""
        word = bool(numbered["word"])
        if printed.lower() in ("premier", "primo", "unique", "unico") and not word:
            return None
        if printed.isalpha() and not word and (printed.islower() or not (bold or capitals or larger)):
            return None  # "b. the customer", "I want", "A customer": a letter alone numbers a heading only with some emphasis
        number = read_number(numbered["word"] or "", printed)
        depth = printed.count(".") + printed.count("-") + 1
        if word and len(text) < 90 and not sentence_like:
            return HeadingGuess(depth, Origin.NUMBER, number)
        if title and not sentence_like and (title[:1].isupper() or title[:1].isdigit()) and (alone or bold or capitals or larger):
            return HeadingGuess(depth, Origin.NUMBER, number)
        return None
    if sentence_like or not alone or _CODE.fullmatch(text):
        return None
    if larger:
        return HeadingGuess(1 if size_pt and body_pt and size_pt > 1.35 * body_pt else 2, Origin.LOOK)
    # "und" between the parties is no heading, bold as it may be.
    if capitals or (bold and any(map(str.isupper, text))):
        return HeadingGuess(3 if bold and not capitals else 2, Origin.LOOK)
    return None
