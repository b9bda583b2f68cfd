"""What differs from contract to contract and says nothing of the category is replaced by its kind."""

from __future__ import annotations

import re
from functools import lru_cache

#: What is masked, by what, and strings of which a text with such a thing holds one (none: it is looked for wherever there is a figure).
_MASKS: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...] = (
    (re.compile(r"\{\{.{1,60}?\}\}|<[a-z/][^<>]{0,60}>|\[[^\]\[]{1,40}\]", re.I), " xname ", ("{", "<", "[")),
    (re.compile(r"[\w.+-]{1,64}@[\w.-]{1,80}"), " xmail ", ("@",)),
    (re.compile(r"(?:https?://|www\.)\S{1,200}"), " xurl ", ("://", "www.")),
    (re.compile(r"(?:\+\d{2}|\b0)\d{0,3}(?:[ /.-]\(?\d{2,4}\)?){3,5}\b"), " xphone ", ()),
    (re.compile(r"\b24 ?(?:/|h/|x|hours? a day,? )\s?7(?:\s?[/x]\s?36[56])?\b|\b7 ?(?:j|jours)?\s?/\s?7\b|\b24 ?h? ?/ ?24\b", re.I), " xclock ", ("24", "7")),
    (re.compile(r"\b\d{1,2}[.:h]\d{2}\b(?!\.\d)|\b\d{1,2} ?(?:uhr|am|pm)\b|\b\d{1,2}h(?=\s|$)", re.I), " xtime ", ()),
    (re.compile(r"\b\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d{2}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b|\b\d{1,2}/\d{1,2}/(?:19|20)\d{2}\b"), " xdate ", ("19", "20")),
    (re.compile(r"(?:chf|eur|usd|gbp|sfr\.?|fr\.|€|\$|£)\s?\d[\d'’ .,]{0,14}\d?(?:[.–-]{1,3})?|\d[\d'’.,]{0,14}\s?(?:chf|eur|euros?|usd|francs?|franken|€|\$|£)", re.I), " xmoney ", ()),
    (re.compile(r"\d[\d.,]{0,8}\s?(?:%|‰|pour ?cents?|prozent|per ?cent\b|percent)", re.I), " xpercent ", ()),
    (re.compile(r"\d[\d'’.,]{0,20}"), " 0 ", ()),
)  # fmt: skip
_ENUMERATOR = re.compile(
    r"^\s*(?:(?:art(?:icle|ikel|icolo)?\.?|§+|ziff\.?|section|clause)\s*)?[\d.]{1,10}\s*[.):–-]*\s+|^\s*(?:[a-z]|[ivx]{1,4})[.)]\s+|^\W+",
    re.I,
)
_SPACES = re.compile(r"\s{2,}")
#: Longer rows are cut: the category of a clause shows long before that, and a hostile text must not cost minutes.
MAX_CHARACTERS = 6_000


@lru_cache(maxsize=20_000)  # four feature blocks ask for the same rows, their neighbours and headings
def mask(text: str) -> str:
    """Return the lowered text without its number and with figures, money, dates, names replaced by their kind.

    Examples
    --------
    >>> mask("5.2 Réaction sous 4 h, CHF 1'200.- par cas")
    'réaction sous 0 h, xmoney par cas'
    """
    text = text[:MAX_CHARACTERS].replace("’", "'")
    if "{{" in text:
        text = _MASKS[0][0].sub(_MASKS[0][1], text)
    number = _ENUMERATOR.match(text)  # a search would try it at every letter
    if number is not None:
        text = text[number.end() :]
    if any(map(str.isdigit, text)) or "@" in text or "{" in text or "[" in text or "<" in text or "www" in text:
        for pattern, kind, needed in _MASKS:
            if not needed:
                text = pattern.sub(kind, text)
                continue
            for sign in needed:
                if sign in text:
                    text = pattern.sub(kind, text)
                    break
    return _SPACES.sub(" ", text).strip().lower()


def mask_aligned(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return `mask(text)` and, for each of its characters, start and end of what it stands for in `text`.

    Examples
    --------
    >>> masked, source = mask_aligned("a) CHF 20.- im Monat")
    >>> masked, source[0]
    ('xmoney im monat', (3, 11))
    """
    text = text[:MAX_CHARACTERS].replace("’", "'")
    spans = [(i, i + 1) for i in range(len(text))]
    steps: list[tuple[re.Pattern[str], str, int]] = []
    if "{{" in text:
        steps.append((*_MASKS[0][:2], 0))
    steps.append((_ENUMERATOR, "", 1))
    for pattern, kind, most in steps:
        text, spans = _substitute(pattern, kind, text, spans, most)
    if any(map(str.isdigit, text)) or "@" in text or "{" in text or "[" in text or "<" in text or "www" in text:
        for pattern, kind, _ in _MASKS:
            text, spans = _substitute(pattern, kind, text, spans, 0)
    text, spans = _substitute(_SPACES, " ", text, spans, 0)
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    text, spans = text[start:end], spans[start:end]
    lowered = text.lower()
    if len(lowered) != len(text):  # a few capitals become two characters
        spans = [span for character, span in zip(text, spans, strict=True) for _ in character.lower()]
        lowered = "".join(character.lower() for character in text)
    return lowered, spans


def _substitute(
    pattern: re.Pattern[str], replacement: str, text: str, spans: list[tuple[int, int]], most: int
) -> tuple[str, list[tuple[int, int]]]:
    parts: list[str] = []
    sources: list[tuple[int, int]] = []
    position = 0
    for number, match in enumerate(pattern.finditer(text)):
        if most and number == most:
            break
        start, end = match.span()
        parts += [text[position:start], replacement]
        sources += spans[position:start]
        if start < end:
            inside = next((k for k in range(start, end) if not text[k].isspace()), start), end
            sources += [(spans[inside[0]][0], spans[end - 1][1])] * len(replacement)
        position = end
    return "".join([*parts, text[position:]]), sources + spans[position:]
