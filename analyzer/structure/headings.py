"""What is a heading, and how deep: by the format's own word, by number, by type and by capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBERED = re.compile(
    r"^(?P<word>(?:art(?:icle|ikel|icolo)?|section|clause|chapitre|kapitel|capitolo|chapter|annexe?|anhang|anlage|allegato|appendix|schedule|exhibit|partie|teil|parte|part)\b\.?\s*)?"
    r"(?P<number>\d{1,2}(?:[.-]\d{1,2}){0,4}|[IVX]{1,5}|[A-Z])(?P<tail>\s*[.):–—-]*\s+)(?P<title>\S.*)?$",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"^§{1,2}\s*(?P<number>\d{1,3}[a-z]?)\b\.?\)?\s*(?P<title>.*)$")
_ENDS_LIKE_TEXT = re.compile(r"[,;]$|(?<!\betc)(?<!\d)\.$")
_VERB = {
    "fr": re.compile(r"\b(est|sont|sera|seront|peut|peuvent|doit|doivent|s'engage|assure|fournit|garantit|dispose|comprend|prend|facture|répond|intervient|a|ont|ne|n'est)\b", re.I),
    "de": re.compile(r"\b(ist|sind|wird|werden|kann|können|muss|müssen|darf|hat|haben|verpflichtet|gilt|gelten|erfolgt|erbringt|beträgt|reagiert|übernimmt|haftet)\b", re.I),
    "it": re.compile(r"\b(è|sono|sarà|saranno|può|possono|deve|devono|si impegna|garantisce|fornisce|comprende|interviene|risponde|ha|hanno|non)\b", re.I),
    "en": re.compile(r"\b(is|are|shall|will|may|must|can|has|have|does|provides|agrees|includes|responds|applies|warrants|means)\b", re.I),
}  # fmt: skip
MAX_HEADING = 110


@dataclass(frozen=True, slots=True)
class HeadingGuess:
    """A heading with its level, 1 the outermost; `sure` where the format says so."""

    level: int
    sure: bool


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
        return HeadingGuess(int(hint[-1]), True)
    if hint in ("list_item", "table_row", "toc") or lines > 2 or len(text) > MAX_HEADING or not any(c.isalpha() for c in text):
        return None
    paragraph = _PARAGRAPH.match(text)
    numbered = _NUMBERED.match(text)
    larger = bool(size_pt and body_pt and size_pt > 1.12 * body_pt)
    letters = [c for c in text if c.isalpha()]
    capitals = len(letters) > 3 and sum(c.isupper() for c in letters) > 0.85 * len(letters)
    sentence_like = bool(_ENDS_LIKE_TEXT.search(text)) or (len(text.split()) > 5 and bool(_VERB[language].search(text)) and not capitals)
    if paragraph and len(text) < 90 and not sentence_like:
        return HeadingGuess(1, True)
    if numbered:
        number, title = numbered["number"], numbered["title"] or ""
        word = bool(numbered["word"])
        if number.isalpha() and not word and not (bold or capitals or larger):
            return None  # "I want", "A customer": a letter alone numbers a heading only with some emphasis
        depth = number.count(".") + number.count("-") + 1
        if word and len(text) < 90 and not sentence_like:
            return HeadingGuess(1 if depth == 1 else depth, True)
        if title and not sentence_like and (title[:1].isupper() or title[:1].isdigit()) and (alone or bold or capitals or larger):
            return HeadingGuess(depth, bold or larger or capitals)
        return None
    if sentence_like or not alone:
        return None
    if larger:
        return HeadingGuess(1 if size_pt and body_pt and size_pt > 1.35 * body_pt else 2, True)
    if bold or capitals:
        return HeadingGuess(3 if bold and not capitals else 2, bold)
    return None
