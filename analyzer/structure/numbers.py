"""Numbers of headings: in what style they count, how far they have come, and which of two stands above the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """What counts: "Annex 1", "Part II", "Chapter 3", "IV.", "B.", "Art. 5" and "§ 5", "5.2.1"."""

    ANNEX = "annex"
    PART = "part"
    CHAPTER = "chapter"
    ROMAN = "roman"
    LETTER = "letter"
    ARTICLE = "article"
    DECIMAL = "decimal"


#: From the outermost inwards, where nothing else tells.
_RANK = {Style.ANNEX: 0, Style.PART: 1, Style.CHAPTER: 2, Style.ROMAN: 3, Style.LETTER: 3, Style.ARTICLE: 4, Style.DECIMAL: 5}
_WORDS = (
    (Style.ANNEX, re.compile(r"annex|anhang|anlage|beilage|allegato|appendi|schedule|exhibit", re.IGNORECASE)),
    (Style.PART, re.compile(r"part|teil|tit", re.IGNORECASE)),
    (Style.CHAPTER, re.compile(r"chap|kapitel|cap", re.IGNORECASE)),
)
_FIRST = frozenset(("premier", "primo", "unique", "unico"))
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a heading; `value` has one figure per level ("5.2.1": 5, 2, 1)."""

    style: Style
    value: tuple[int, ...]

    @property
    def depth(self) -> int:
        return len(self.value)

    def ends(self, other: Number) -> bool:
        """Tell whether a heading with this number ends the part that `other` opened, where nothing between them counts in the same style."""
        if self.style is other.style:
            return not (self.depth > other.depth and self.value[: other.depth] == other.value)
        if other.style is Style.ARTICLE and self.style is Style.DECIMAL:
            # "Art. 5" and then "6.": one count in two styles. After "Art. 5", "1." and "5.1" stand in it.
            return self.depth == 1 and self.value[0] == other.value[0] + 1
        if other.style in (Style.ARTICLE, Style.DECIMAL) and self.style in (Style.ROMAN, Style.LETTER):
            return self.value != (1,)  # "A." begins to count inside a clause
        return _RANK[other.style] >= _RANK[self.style]


def read_number(word: str, number: str) -> Number:
    """Return the number of a heading, given the word before it ("Art.", "Annex", or "") and its digits or letters.

    Examples
    --------
    >>> read_number("", "5.2.1").value, read_number("Teil", "IV").value, read_number("Article", "premier").value
    ((5, 2, 1), (4,), (1,))
    """
    style = next((style for style, pattern in _WORDS if pattern.match(word)), Style.ARTICLE if word else None)
    if number[:1].isdigit():
        value = tuple(int(figure) for figure in re.findall(r"\d{1,3}", number))
        return Number(style or Style.DECIMAL, value)
    if number.lower() in _FIRST:
        return Number(style or Style.ARTICLE, (1,))
    if set(number.lower()) <= set(_ROMAN):
        return Number(style or Style.ROMAN, (_roman(number.lower()),))
    return Number(style or Style.LETTER, (ord(number[0].lower()) - ord("a") + 1,))


def _roman(number: str) -> int:
    total = 0
    for here, after in zip(number, [*number[1:], ""], strict=True):
        figure = _ROMAN[here]
        total += -figure if after and _ROMAN[after] > figure else figure
    return total
