"""Which of the four languages a text is in, by its function words and a few letters."""

from __future__ import annotations

import re
from functools import cache

from analyzer.resources import read_toml
from analyzer.types import LANGUAGES

_WORD = re.compile(r"[^\W\d_]+")
#: Letters that settle a doubt in short texts.
_LETTERS = (("de", "äöüß"), ("fr", "çêëîïôœûù"))
_ITALIAN_LETTERS = re.compile(r"[òì]|\w[àè]\b")
#: Only so much of a document is looked at; the language of a contract does not hide in its last page.
SAMPLE = 20_000


@cache
def _words() -> dict[str, tuple[tuple[str, float], ...]]:
    """Map a function word to the languages that use it, each with its weight: words of one language weigh most."""
    lists = {language: set(words) for language, words in read_toml("languages.toml")["words"].items()}
    table: dict[str, list[tuple[str, float]]] = {}
    for language, words in lists.items():
        for word in words:
            shared = sum(word in other for other in lists.values())
            table.setdefault(word, []).append((language, 1.0 / shared**2))
    return {word: tuple(entries) for word, entries in table.items()}


def score_languages(text: str) -> dict[str, float]:
    """Return points per language; all zero where nothing tells."""
    scores = dict.fromkeys(LANGUAGES, 0.0)
    table = _words()
    lowered = text[:SAMPLE].lower()
    for entries in map(table.get, _WORD.findall(lowered)):
        if entries:
            for language, weight in entries:
                scores[language] += weight
    if not lowered.isascii():
        for language, letters in _LETTERS:
            scores[language] += 0.5 * min(sum(map(lowered.count, letters)), 40)
        scores["it"] += 0.5 * min(len(_ITALIAN_LETTERS.findall(lowered)), 40)
    return scores


def detect_language(text: str, *, default: str = "en") -> str:
    """Return "fr", "de", "it" or "en"; `default` where the text gives no sign.

    Examples
    --------
    >>> detect_language("Der Anbieter reagiert innert vier Stunden.")
    'de'
    >>> detect_language("P1 | 4 h", default="fr")
    'fr'
    """
    scores = score_languages(text)
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > 0 else default


def detect_block_language(text: str, document_language: str) -> str:
    """Return the language of one block: that of the document, unless the block clearly speaks another."""
    if len(text) < 40:
        return document_language
    scores = score_languages(text)
    best = max(scores, key=lambda language: scores[language])
    if best != document_language and scores[best] >= 3 and scores[best] > 2.0 * scores[document_language] + 1:
        return best
    return document_language
