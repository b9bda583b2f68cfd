"""Sentence boundaries in legal text of four languages.

A full stop ends a sentence unless something says that it does not: an abbreviation ("art. 5 al. 2", "z.B."), an enumerator, an ordinal ("am
1. Januar"), an initial, a price ("CHF 1'000.- pro Monat").
"""

from __future__ import annotations

import re
from functools import cache

from analyzer.resources import read_toml
from analyzer.types import Span

#: An end mark, closing quotes, then space, then something that can begin a sentence. Bounded, so that no text makes it slow.
_CANDIDATE = re.compile(r"(?P<mark>[.!?…])[.!?…]{0,3}[\"»”’)\]]{0,3}(?P<space>\s{1,9})(?=[\"«„“(\[]?\s?[^\W_a-zà-öø-ÿ]|[•▪–—-]\s)")
_LAST_TOKEN = re.compile(r"[^\s(\[«„“\"'’/]{1,20}$")
_FIGURE = re.compile(r"\d{1,3}$")
_ENUMERATOR = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,4}|[a-zA-Z]|[ivxIVX]{1,5})$")
_NEXT_WORD = re.compile(r"\W*(\w{1,30})")
_LEGAL_BEFORE_FIGURE = re.compile(
    r"(?:art|ziff|abs|al|ch|n|nr|no|cpv|lett|let|lit|cap|sec|section|clause|article|artikel|articolo|§)\.?\s?$", re.IGNORECASE
)
_GERMAN_ORDINAL_BEFORE = re.compile(r"\b(?:am|vom|bis|zum|der|den|dem|des|im|ab|jeden|jedem|und|per|auf)\s$", re.IGNORECASE)


@cache
def _abbreviations(language: str) -> frozenset[str]:
    data = read_toml("languages.toml")["abbreviations"]
    return frozenset(data["common"]) | frozenset(data.get(language, ()))


@cache
def _ordinal_nouns(language: str) -> frozenset[str]:
    return frozenset(read_toml("languages.toml")["ordinals"].get(language, ()))


def split_sentences(text: str, *, language: str, offset: int = 0) -> tuple[Span, ...]:
    """Split a paragraph into sentences.

    Parameters
    ----------
    text : str
        One paragraph; line breaks inside it count as spaces.
    language : str
        "fr", "de", "it" or "en".
    offset : int, default=0
        Where `text` starts in the document.

    Returns
    -------
    tuple of Span
        In order, without surrounding white space; together they hold all that is not white space.

    Examples
    --------
    >>> text = "Selon l'art. 5 al. 2, le délai est de 4 h. Il court dès l'annonce."
    >>> [text[a:b] for a, b in split_sentences(text, language="fr")]
    ["Selon l'art. 5 al. 2, le délai est de 4 h.", "Il court dès l'annonce."]
    """
    spans: list[Span] = []
    start = 0
    for match in _CANDIDATE.finditer(text):
        end = match.start("space")
        if match["mark"] == "." and not _ends(text, start, match.start(), match.end(), language):
            continue
        _append(spans, text, start, end, offset)
        start = match.end()
    _append(spans, text, start, len(text), offset)
    return tuple(spans)


def _append(spans: list[Span], text: str, start: int, end: int, offset: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + piece.index(stripped[0])
        spans.append(Span(begin + offset, begin + len(stripped) + offset))


def _ends(text: str, start: int, dot: int, after: int, language: str) -> bool:
    """Tell whether the full stop at `dot` ends the sentence that began at `start`."""
    before = text[max(start, dot - 24) : dot]
    token = _LAST_TOKEN.search(before)
    if token is None:
        return True
    word = token.group().lower().rstrip(".")
    lead = text[start : min(dot - len(token.group()), start + 24)]
    at_start = dot - len(token.group()) - start < 24 and not lead.strip(" \t\n([*•▪–—-")
    if at_start and _ENUMERATOR.match(token.group()):
        return False  # "1. Objet", "a. Le client": the number of the paragraph
    following = _NEXT_WORD.match(text, after)
    next_word = following.group(1) if following else ""
    if _FIGURE.fullmatch(word):
        if language == "de":
            lead = text[max(start, dot - len(word) - 8) : dot - len(word)]
            if next_word.lower() in _ordinal_nouns("de") or (_GERMAN_ORDINAL_BEFORE.search(lead) and len(word) <= 2):
                return False
        return True
    abbreviations = _abbreviations(language)
    last_two = " ".join(before.lower().rstrip(".").split()[-2:])
    if language == "de" and word.endswith("str") and next_word[:1].isdigit():
        return False  # "Bahnhofstr. 12"
    known = word in abbreviations or last_two in abbreviations or (len(word) <= 3 and "." in token.group() and word[-1:].isalpha())
    if known:
        # An abbreviation can stand at the end ("... patches usw. Der Kunde ..."): then a capital word follows that is no name and no figure.
        # "Acme Inc. (USA)" and "Art. 44 ff. DSGVO" go on.
        statute = word in ("f", "ff") and sum(map(str.isupper, next_word)) > 1
        return word in _CLOSING and next_word[:1].isupper() and len(next_word) > 1 and not statute and text[after : after + 1] not in "(["
    if len(word) == 1 and word.isalpha() and not before[: token.start()].rstrip()[-1:].isdigit():
        return False  # an initial ("J. Dupont") or a part of an abbreviation ("i. d. R."), but not a unit ("4 h.")
    return not (_LEGAL_BEFORE_FIGURE.search(before) and next_word[:1].isdigit())


#: Abbreviations that often close a sentence.
_CLOSING = frozenset(
    {"etc", "usw", "ecc", "usf", "u.s.w", "ff", "s.a", "inc", "ltd", "corp", "h", "std", "hrs", "a.m", "p.m", "mwst", "chf", "eur", "mio"}
)
