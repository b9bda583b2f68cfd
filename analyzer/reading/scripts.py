"""Whether a text is written in the letters of some language, or is a cipher: numbers of glyphs taken for characters."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

#: Least share of one script among the letters that are not Latin, and of usual characters among the Chinese and Korean ones.
ONE_SCRIPT, USUAL = 0.9, 0.85
#: The characters of daily use, as the older sets of characters have them in front: 5,401 of Taiwan, 3,755 of China, 2,965 of Japan, 2,350 syllables of Korea;
#: Unicode has 21,000 and 11,172. What is usual in one of them covers over 97 % of its texts, and a third at most of any cipher.
_SETS = (("big5", 0xA440, 0xC67E), ("gb2312", 0xB0A1, 0xD7FE), ("shift_jis", 0x889F, 0x9872))
_SYLLABLES = ("euc_kr", 0xB0A1, 0xC8FE)
#: Words in one case, or with a large letter in front, hold at least this share of the Latin letters of a text, and vowels lie between these two.
ONE_CASE, VOWELS = 0.85, (0.15, 0.7)

_WORD = re.compile(r"[^\W\d_]+")
_SPOKEN = re.compile(r"[^\W\d_][a-zß-öø-ÿœšž]*|[A-ZÀ-ÖØ-ÞŒŠŽ]+")
_VOWELS = re.compile(r"[aeiouyàâäèéêëìîïòôöùûüœ]", re.IGNORECASE)


def is_spoken(text: str) -> bool:
    """Tell whether the Latin letters of a text make words that could be spoken: "9ROXPHV" has the cases and vowels of none."""
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    spoken = sum(len(word) for word in words if _SPOKEN.fullmatch(word))
    return spoken >= ONE_CASE * letters and VOWELS[0] * letters <= len(_VOWELS.findall(text)) <= VOWELS[1] * letters


def is_of_one_script(text: str) -> bool:
    """Tell whether a text in other letters than Latin ones can be a text: one script, or Chinese, Japanese or Korean characters that are used.

    Glyph numbers that are taken for characters fall into any script, as a font numbers its glyphs without regard to them.
    """
    kinds = Counter(_script(letter) for letter in text if letter.isalpha())
    latin = kinds.pop("LATIN", 0)
    total = sum(kinds.values())
    if total < max(3, latin):
        return False
    han, hangul = kinds["CJK"], kinds["HANGUL"]
    if han + hangul + kinds["HIRAGANA"] + kinds["KATAKANA"] >= ONE_SCRIPT * total:
        characters = [letter for letter in text if _script(letter) == "CJK"]
        syllables = [letter for letter in text if _script(letter) == "HANGUL"]
        return max(_count(characters, *known) for known in _SETS) >= USUAL * han and _count(syllables, *_SYLLABLES) >= USUAL * hangul
    return max(kinds.values()) >= ONE_SCRIPT * total


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ", 1)[0]


def _count(letters: list[str], codec: str, first: int, last: int) -> int:
    return sum(first <= int.from_bytes(letter.encode(codec, "ignore"), "big") <= last for letter in letters)
