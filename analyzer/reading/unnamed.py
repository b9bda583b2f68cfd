"""Letters of glyphs that neither the PDF nor the font names: by the order in which the fonts of word processors number them.

A font without a table to Unicode shows glyphs by number. In the fonts of word processors the space is glyph 3 and "A" is glyph 36, as in ASCII less 29;
others begin elsewhere, and a font that was cut down numbers its glyphs as they came. An order is only believed with proof: the widths of the glyphs are
those of the letters, or the text is full of words of our languages. A cipher stays one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from statistics import StatisticsError, correlation, linear_regression
from typing import Any, NamedTuple

from analyzer.reading.runs import RawPage, Run, split_at_spaces
from analyzer.reading.scripts import is_spoken
from analyzer.reading.truetype import STANDARD_ORDER
from analyzer.resources import read_toml

#: Signs that stand for glyphs until all pages are read: two planes in which no letter of any script is.
FIRST_SIGN, LAST_SIGN = "\U000f0000", "\U0010fffd"
SIGNS = re.compile(f"[{FIRST_SIGN}-\U0010ffff]")
#: How much less than its code the number of a glyph is: in the fonts of word processors, where codes are numbers, and in fonts with fewer glyphs in front.
SHIFTS = (29, 0, 31, 30, 28)
USUAL_SHIFT = 29
#: Correlation of widths with those of the same letters in Helvetica and Times. 38 fonts of this system: 0.93 and more in the right order, 0.51 at most in
#: one that is moved by one to two places. Few letters can agree by chance.
ALIKE, ALIKE_FEW, MANY, FEW = 0.85, 0.95, 8, 5
#: Share of the words that are function words of one of our languages (30 to 45 % in a text), and how many of them are proof without widths.
WORDS_SHARE, WORDS_NEEDED = 0.15, 6
#: Glyphs of a font that are looked at, fonts of a document, and the widest glyph that can be one.
SAMPLE, MAX_FONTS, MOST_WIDTH = 20_000, 1_000, 100_000
#: Farther from its neighbour than this share of the type size, a letter begins a word.
WORD_GAP = 0.17
#: How far, in shares of the type size, the width of an accented letter is from that of the letter, and any other sign from what its font leads to expect.
SAME_WIDTH, NEAR_WIDTH = 0.025, 0.12

_WORD = re.compile(r"[^\W\d_]+")
_FIGURES = re.compile(r"[\d\s.,:;/%()+\-–]+")


def without_signs(text: str) -> str:
    """Return what a font gives for a glyph, with the sign for an unknown letter for each of our signs: no font means these."""
    return SIGNS.sub("\ufffd", text) if max(text, default="") >= FIRST_SIGN else text


class UnnamedGlyphs:
    """Gives each glyph without a letter a sign of its own, and the letters to all of them when the pages are read."""

    def __init__(self) -> None:
        self._signs: dict[tuple[int, int], str] = {}
        self._glyphs: list[tuple[int, int]] = []
        self._stated: list[str] = []
        self._widths: list[Mapping[object, object]] = []
        self._fonts: dict[tuple[str, frozenset[tuple[object, object]]], int] = {}

    def sign(self, font: Any, glyph: int, stated: str = "\ufffd") -> str:
        """Return what stands for the glyph until it has a letter.

        `stated` is what it has if none is found: the sign for an unknown letter, or the letter that the PDF gives and that is in doubt.
        """
        try:
            number = font.number
        except AttributeError:
            # The same font can come as a new object with each page.
            widths = font.widths
            number = font.number = self._fonts.setdefault(
                (str(font.fontname), frozenset(pair for pair in widths.items() if isinstance(pair[1], int | float))), len(self._widths)
            )
            if number == len(self._widths):
                self._widths.append(widths)
        key = (number, glyph)
        found = self._signs.get(key)
        if found is None:
            code = ord(FIRST_SIGN) + len(self._glyphs)
            if code > ord(LAST_SIGN):
                return stated
            found = self._signs[key] = chr(code)
            self._glyphs.append(key)
            self._stated.append(stated)
        return found

    def name_letters(self, pages: list[RawPage]) -> None:
        """Replace the signs on all pages: by letters in fonts whose order is known, by the sign for an unknown letter elsewhere."""
        if not self._glyphs:
            return
        shown = self._collect(pages)
        orders = {font: find_order(glyphs, self._widths[font]) if font < MAX_FONTS else None for font, glyphs in shown.items()}
        known = Counter(order.shift for order in orders.values() if order is not None)
        for font, glyphs in shown.items():
            # Figures alone prove nothing; beside a font of the same writer whose order is proved they are believed.
            if orders[font] is None and known and (order := _figures_order(glyphs, known.most_common(1)[0][0])):
                orders[font] = order
        table: dict[int, str] = {}
        for place, (font, glyph) in enumerate(self._glyphs):
            order = orders.get(font)
            stated = self._stated[place]
            # Codes that are the letters themselves: what the PDF says of them was right, beyond the letters that can be proved.
            sure = order is None or (order.shift == 0 and stated != "\ufffd")
            table[ord(FIRST_SIGN) + place] = stated if sure or order is None else order.letter(glyph) or "\ufffd"
        for page in pages:
            self._rewrite(page, table)

    def _collect(self, pages: list[RawPage]) -> dict[int, list[int]]:
        """Return the glyphs that each font shows, in the order of showing, -1 for a space that is seen only."""
        shown: dict[int, list[int]] = defaultdict(list)
        for page in pages:
            before: Run | None = None
            for run in _all_runs(page):
                first = SIGNS.search(run.text)
                if first is None:
                    before = run
                    continue
                glyphs = shown[self._glyphs[ord(first[0]) - ord(FIRST_SIGN)][0]]
                if len(glyphs) < SAMPLE:
                    if (
                        before is None
                        or abs(before.bottom - run.bottom) > 0.3 * run.size
                        or not -0.3 < (run.x0 - before.x1) / run.size < WORD_GAP
                    ):
                        glyphs.append(-1)
                    for sign in run.text:
                        glyphs.append(self._glyphs[ord(sign) - ord(FIRST_SIGN)][1] if sign >= FIRST_SIGN else -1)
                before = run
        return shown

    def _rewrite(self, page: RawPage, table: dict[int, str]) -> None:
        for runs in (page.runs, *page.turned.values()):
            if not any(SIGNS.search(run.text) for run in runs):
                continue
            rewritten: list[Run] = []
            for run in runs:
                signs = SIGNS.findall(run.text)
                if not signs:
                    rewritten.append(run)
                    continue
                text = run.text.translate(table)
                # What the PDF gave and the order contradicts is unknown now, too.
                page.unmapped += sum(
                    (table[ord(sign)] == "\ufffd") - (self._stated[ord(sign) - ord(FIRST_SIGN)] == "\ufffd") for sign in signs
                )
                if not text.strip():
                    continue
                if "   " in text:
                    length = run.x1 - run.x0
                    rewritten += [
                        run._replace(text=piece, x0=run.x0 + start * length, x1=run.x0 + end * length)
                        for piece, start, end in split_at_spaces(text, length, run.size)
                    ]
                else:
                    rewritten.append(run._replace(text=text))
            runs[:] = rewritten


class Order(NamedTuple):
    """How a font numbers its glyphs: codes less `shift`; what follows the first 95 only where it was found to be the standard order."""

    shift: int
    whole: bool

    def letter(self, glyph: int) -> str:
        """Return the letter of a glyph, or ""."""
        if glyph < 0:
            return " "
        if self.shift == USUAL_SHIFT and self.whole and 97 < glyph < len(STANDARD_ORDER):
            return STANDARD_ORDER[glyph]
        code = glyph + self.shift
        return chr(code) if 32 <= code < 127 or (self.shift == 0 and self.whole and 160 <= code < 0x2500) else ""


def find_order(glyphs: list[int], widths: Mapping[object, object]) -> Order | None:
    """Return the order in which a font numbers its glyphs, or None where none is proved.

    Parameters
    ----------
    glyphs : list of int
        As the font shows them; -1 for a space that is not shown but seen.
    widths : mapping of int to float
        By glyph, 1,000 for the size of the type.
    """
    # What could be read as it stands and as another order is neither.
    proved = [order for shift in SHIFTS if (order := _prove(glyphs, widths, shift))]
    return proved[0] if len(proved) == 1 else None


def _prove(glyphs: list[int], widths: Mapping[object, object], shift: int) -> Order | None:
    order = Order(shift, whole=False)
    text = "".join(order.letter(glyph) or "\ufffd" for glyph in glyphs)
    shown = len(text) - text.count(" ")
    letters = sum(map(str.isalpha, text))
    words = _WORD.findall(text)
    # A text has words; four of five signs have a place in the order, the others are accented letters and quotation marks.
    if letters < 4 or letters < 0.4 * shown or text.count("\ufffd") > 0.2 * shown or not is_spoken(text):
        return None
    alike, count = compare_widths(widths, order.letter)
    known = sum(word.lower() in _known_words() for word in words if len(word) > 1)
    proved_by_words = known >= WORDS_NEEDED and known >= WORDS_SHARE * len(words)
    proved_by_widths = alike >= (ALIKE if count >= MANY else ALIKE_FEW) and count >= FEW
    if not (proved_by_words or (proved_by_widths and (shift in (USUAL_SHIFT, 0) or known >= 2))):
        return None
    return Order(shift, whole=shift in (USUAL_SHIFT, 0) and _is_whole(glyphs, widths, Order(shift, whole=True)))


def _is_whole(glyphs: list[int], widths: Mapping[object, object], order: Order) -> bool:
    """Tell whether the glyphs behind ASCII, too, are in the order: "é" is as wide as "e", a dash as wide as dashes are; or words with them are known."""
    numbers = {order.letter(glyph): glyph for glyph in set(glyphs) | {key for key in widths if isinstance(key, int)} if order.letter(glyph)}
    predict = _width_by_letter(widths, Order(order.shift, whole=False).letter)
    checked = 0
    for glyph in set(glyphs):
        letter = order.letter(glyph)
        width = widths.get(glyph)
        if not letter or letter.isascii() or not isinstance(width, int | float):
            continue
        base = unicodedata.normalize("NFD", letter)[0]
        plain = widths.get(numbers.get(base)) if base != letter and base not in "iI" else None
        if isinstance(plain, int | float):
            if abs(width - plain) > 1000 * SAME_WIDTH:
                return False
            checked += 1
        elif predict is not None and (expected := predict(letter)) is not None:
            if abs(width - expected) > 1000 * NEAR_WIDTH:
                return False
            checked += 1
    if checked and predict is not None:
        return True
    words = _WORD.findall("".join(order.letter(glyph) or "\ufffd" for glyph in glyphs))
    return len({word.lower() for word in words if not word.isascii()} & _known_words()) >= 2


def _figures_order(glyphs: list[int], shift: int) -> Order | None:
    order = Order(shift, whole=False)
    text = "".join(order.letter(glyph) or "\ufffd" for glyph in glyphs)
    figures = sum(map(str.isdigit, text))
    return order if _FIGURES.fullmatch(text) and 2 * figures >= len(text) - text.count(" ") else None


def compare_widths(widths: Mapping[object, object], letter: Callable[[int], str]) -> tuple[float, int]:
    """Return how well the widths of glyphs agree with those of their letters in usual type, -1 to 1, and for how many letters that was asked."""
    best, most = -1.0, 0
    for reference in _reference_widths():
        pairs = list(_pair_widths(widths, letter, reference))
        most = max(most, len(pairs))
        try:
            best = max(best, correlation(*zip(*pairs, strict=True))) if len(pairs) >= 2 else best
        except StatisticsError:
            continue  # all of one width
    return best, most


def _pair_widths(
    widths: Mapping[object, object], letter: Callable[[int], str], reference: Mapping[str, float]
) -> Iterator[tuple[float, float]]:
    for glyph in range(1, 128):
        width, sign = widths.get(glyph), letter(glyph)
        if isinstance(width, int | float) and 0 < width < MOST_WIDTH and sign.isalnum() and sign in reference:
            yield float(reference[sign]), float(width)


def _width_by_letter(widths: Mapping[object, object], letter: Callable[[int], str]) -> Callable[[str], float | None] | None:
    """Return what tells the width of a sign by the letters of the font whose order is known; None where they tell nothing."""
    best: tuple[float, Callable[[str], float | None]] | None = None
    for reference in _reference_widths():
        pairs = list(_pair_widths(widths, letter, reference))
        try:
            fit = correlation(*zip(*pairs, strict=True)) if len(pairs) >= FEW else -1.0
            slope, start = linear_regression(*zip(*pairs, strict=True)) if fit > ALIKE else (0.0, 0.0)
        except StatisticsError:
            continue
        if fit > ALIKE and (best is None or fit > best[0]):

            def predict(sign: str, reference: Mapping[str, float] = reference, slope: float = slope, start: float = start) -> float | None:
                return start + slope * reference[sign] if sign in reference else None

            best = (fit, predict)
    return best[1] if best else None


@cache
def _reference_widths() -> tuple[Mapping[str, float], ...]:
    from pdfminer.fontmetrics import FONT_METRICS

    return tuple(FONT_METRICS[name][1] for name in ("Helvetica", "Times-Roman", "Helvetica-Bold"))


@cache
def _known_words() -> frozenset[str]:
    return frozenset(word for words in read_toml("languages.toml")["words"].values() for word in words)


def _all_runs(page: RawPage) -> Iterator[Run]:
    yield from page.runs
    for runs in page.turned.values():
        yield from runs
