"""A text as tokens with their senses: what all parts of the grammar look at."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from analyzer.quantities.lexicon import Lexicon, Trie
from analyzer.quantities.senses import Sense

_END = ""
#: Longest phrase, in tokens: every look-ahead is bounded, so that reading stays linear.
_LONGEST = 14
#: Empty words behind the last token, which are also those before the first: list[-1] is the last of them.
_MARGIN = 32


class Tokens:
    """Tokens of one text; some way beyond `n` (and below 0) there are empty words, so that the grammar need not ask.

    `lows` and `senses` are looked into a hundred times a sentence. Each of `pieces` is a token with the space before it, so that where it stands need
    not be known until somebody asks.
    """

    __slots__ = ("barren", "ends", "lengths", "lexicon", "lows", "n", "numbers", "pieces", "senses", "text")

    def __init__(self, text: str, lexicon: Lexicon, pieces: list[str], senses: list[Sense]) -> None:
        self.text, self.lexicon = text, lexicon
        self.numbers: dict[int, Any] = {}
        self.lengths: dict[int, Any] = {}
        #: Behind days that were read up to here and had no times.
        self.barren = 0
        self.pieces = pieces
        self.ends = list(accumulate(map(len, pieces)))
        if "-\n" in text or "\xad" in text:
            senses = self._heal(senses)
        self.n = len(senses)
        self.lows = [sense.low for sense in senses] + _EMPTY_LOWS
        self.senses = senses + _EMPTY

    def _heal(self, senses: list[Sense]) -> list[Sense]:
        """Join words that a line end cut in two ("Mo-/nate"), where the whole means something."""
        memory, joined = self.lexicon.memory, []
        pieces, ends = [], []
        words = [piece.lstrip() for piece in self.pieces]
        index = 0
        while index < len(words):
            sense, step = senses[index], 1
            if (
                index + 2 < len(words)
                and words[index + 1] in ("-", "\xad")
                and ends_line(self.text, self.ends[index + 1], words[index + 1])
            ):
                whole = memory[words[index] + words[index + 2]]
                # "ou-/vrables" means something behind a unit only.
                known = whole.trigger or bool(whole.heads or whole.tails)
                if known and not whole.digits and words[index].isalpha():
                    sense, step = whole, 3
            joined.append(sense)
            pieces.append("".join(self.pieces[index : index + step]))
            ends.append(self.ends[index + step - 1])
            index += step
        self.pieces, self.ends = pieces, ends
        return joined

    def start(self, index: int) -> int:
        """Where the token begins in the text."""
        return self.ends[index] - len(self.pieces[index].lstrip())

    def word(self, index: int) -> str:
        """The token as it stands in the text."""
        return self.pieces[index].lstrip() if 0 <= index < self.n else ""

    def has(self, index: int, name: str) -> bool:
        """Whether the token belongs to the class of function words `name`."""
        return name in self.senses[index].classes

    def glued(self, index: int) -> bool:
        """Whether no space stands before the token."""
        return 0 < index < self.n and not self.pieces[index][0].isspace()

    def gap(self, index: int) -> str:
        """What stands between the token and the one before it."""
        if not 0 < index < self.n:
            return ""
        piece = self.pieces[index]
        return piece[: len(piece) - len(piece.lstrip())]

    def phrase(self, index: int, name: str) -> int:
        """Return the index behind the longest phrase of the list `name` that begins at `index`, or -1."""
        if name in self.senses[index].heads:
            return self._walk(self.lexicon.phrases[name], index, 1)
        return -1

    def phrase_before(self, index: int, name: str) -> int:
        """Return the index of the first token of the longest phrase of `name` that ends right before `index`, or -1."""
        if name in self.senses[index - 1].tails:
            return self._walk(self.lexicon.backward[name], index - 1, -1)
        return -1

    def _walk(self, trie: Trie, index: int, step: int) -> int:
        node: Any = trie
        found = -1
        lows, n = self.lows, self.n
        for _ in range(_LONGEST):
            if not 0 <= index < n:
                break
            word = lows[index]
            node = node.get("'" if word == "’" else word)
            if node is None:
                break
            if _END in node:
                found = index + 1 if step > 0 else index
            index += step
        return found


def ends_line(text: str, end: int, mark: str) -> bool:
    return mark == "\xad" or text[end : end + 1] == "\n"


_EMPTY = [Sense(low="")] * _MARGIN
_EMPTY_LOWS = [""] * _MARGIN
