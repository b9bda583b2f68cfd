"""What differs from contract to contract and says nothing of the category is replaced by its kind."""

from __future__ import annotations

import re
from functools import lru_cache

_MASKS = (
    (re.compile(r"\{\{.{1,60}?\}\}|<[a-z/][^<>]{0,60}>|\[[^\]\[]{1,40}\]", re.I), " xname "),
    (re.compile(r"[\w.+-]{1,64}@[\w.-]{1,80}"), " xmail "),
    (re.compile(r"(?:https?://|www\.)\S{1,200}"), " xurl "),
    (re.compile(r"(?:\+\d{2}|\b0)\d{0,3}(?:[ /.-]\(?\d{2,4}\)?){3,5}\b"), " xphone "),
    (re.compile(r"\b24 ?(?:/|h/|x|hours? a day,? )\s?7(?:\s?[/x]\s?36[56])?\b|\b7 ?(?:j|jours)?\s?/\s?7\b|\b24 ?h? ?/ ?24\b", re.I), " xclock "),
    (re.compile(r"\b\d{1,2}[.:h]\d{2}\b(?!\.\d)|\b\d{1,2} ?(?:uhr|am|pm)\b|\b\d{1,2}h(?=\s|$)", re.I), " xtime "),
    (re.compile(r"\b\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d{2}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b|\b\d{1,2}/\d{1,2}/(?:19|20)\d{2}\b"), " xdate "),
    (re.compile(r"(?:chf|eur|usd|gbp|sfr\.?|fr\.|€|\$|£)\s?\d[\d'’ .,]{0,14}\d?(?:[.–-]{1,3})?|\d[\d'’.,]{0,14}\s?(?:chf|eur|euros?|usd|francs?|franken|€|\$|£)", re.I), " xmoney "),
    (re.compile(r"\d[\d.,]{0,8}\s?(?:%|‰|pour ?cents?|prozent|per ?cent\b|percent)", re.I), " xpercent "),
    (re.compile(r"\d[\d'’.,]{0,20}"), " 0 "),
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
    text = _ENUMERATOR.sub("", text, count=1)
    if any(character.isdigit() for character in text) or "@" in text or "{" in text or "[" in text or "<" in text or "www" in text:
        for pattern, kind in _MASKS:
            text = pattern.sub(kind, text)
    return _SPACES.sub(" ", text).strip().lower()
