"""Which of the four languages a text is in, by its function words and a few letters."""

from __future__ import annotations

import re
from functools import cache

from analyzer.resources import read_toml
from analyzer.types import LANGUAGES

_WORD = re.compile(r"[^\W\d_]+")
#: Letters that settle a doubt in short texts.
_LETTERS = (("de", "äöüß"), ("fr", "çêëîïôœûù"))
#: "ò" and "ì" anywhere, "à" and "è" at the end of a word.
_ITALIAN_LETTERS = re.compile("[òìàè]")
#: Points from which a block can be of another language than the document.
_LEAST_POINTS = 3
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
    lowered = text[:SAMPLE].lower()
    for entries in filter(None, map(_words().get, _WORD.findall(lowered))):
        for language, weight in entries:
            scores[language] += weight
    if not lowered.isascii():
        for language, letters in _LETTERS:
            scores[language] += 0.5 * min(sum(map(lowered.count, letters)), 40)
        scores["it"] += 0.5 * min(_count_italian_letters(lowered), 40)
    return scores


def _count_italian_letters(lowered: str) -> int:
    count = reached = 0
    for match in _ITALIAN_LETTERS.finditer(lowered):
        at = match.start()
        ends_word = at > reached and _is_of_word(lowered[at - 1]) and not _is_of_word(lowered[at + 1 : at + 2])
        if match.group() in "òì" or ends_word:
            count += 1
            reached = at + 1
    return count


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


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


@cache
def _foreign_words(language: str) -> dict[str, float]:
    """Map the function words of other languages than `language` to what they count there at most."""
    weights = {word: [weight for other, weight in entries if other != language] for word, entries in _words().items()}
    return {word: max(others) for word, others in weights.items() if others}


@cache
def _foreign_letters(language: str) -> str:
    return "".join(letters for other, letters in (*_LETTERS, ("it", "òìàè")) if other != language)


def _most_foreign_points(text: str, language: str) -> float:
    """Return what no other language than `language` has more points than: most blocks need not be scored for each."""
    lowered = text[:SAMPLE].lower()
    points = sum(filter(None, map(_foreign_words(language).get, _WORD.findall(lowered))))
    if not lowered.isascii():
        points += 0.5 * sum(map(lowered.count, _foreign_letters(language)))
    return points


def detect_block_language(text: str, document_language: str) -> str:
    """Return the language of one block: that of the document, unless the block clearly speaks another."""
    if len(text) < 40 or _most_foreign_points(text, document_language) < _LEAST_POINTS - 0.01:
        return document_language
    scores = score_languages(text)
    best = max(scores, key=lambda language: scores[language])
    if best != document_language and scores[best] >= _LEAST_POINTS and scores[best] > 2.0 * scores[document_language] + 1:
        return best
    return document_language
