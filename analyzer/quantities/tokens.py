"""A text as tokens with their senses: what all parts of the grammar look at."""

from __future__ import annotations

from collections.abc import Callable
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

    `low(i)` and `sense(i)` are the lists' own look-up: they are asked a hundred times a sentence.
    """

    __slots__ = ("barren", "ends", "lengths", "lexicon", "low", "lows", "n", "numbers", "sense", "senses", "starts", "text")

    low: Callable[[int], str]
    sense: Callable[[int], Sense]

    def __init__(self, text: str, lexicon: Lexicon, words: list[str], senses: list[Sense]) -> None:
        self.text, self.lexicon, self.n = text, lexicon, len(words)
        self.numbers: dict[int, Any] = {}
        self.lengths: dict[int, Any] = {}
        #: Behind days that were read up to here and had no times.
        self.barren = 0
        self.starts: list[int] = []
        self.ends: list[int] = []
        # Between two tokens there is nothing but space: quicker than asking the pattern again.
        find, start, end = text.find, self.starts.append, 0
        behind = self.ends.append
        for word in words:
            begin = find(word, end)
            end = begin + len(word)
            start(begin)
            behind(end)
        if "-\n" in text or "\xad" in text:
            senses = self._heal(words, senses)
        self.lows = lows = [sense.low for sense in senses] + _EMPTY_LOWS
        self.senses = senses = senses + _EMPTY
        self.low, self.sense = lows.__getitem__, senses.__getitem__

    def _heal(self, words: list[str], senses: list[Sense]) -> list[Sense]:
        """Join words that a line end cut in two ("Mo-/nate"), where the whole means something."""
        memory, joined = self.lexicon.memory, []
        starts, ends = [], []
        index = 0
        while index < len(words):
            sense, end, step = senses[index], self.ends[index], 1
            if (
                index + 2 < len(words)
                and words[index + 1] in ("-", "\xad")
                and ends_line(self.text, self.ends[index + 1], words[index + 1])
            ):
                whole = memory[words[index] + words[index + 2]]
                # "ou-/vrables" means something behind a unit only.
                known = whole.trigger or bool(whole.heads or whole.tails)
                if known and not whole.digits and words[index].isalpha():
                    sense, end, step = whole, self.ends[index + 2], 3
            joined.append(sense)
            starts.append(self.starts[index])
            ends.append(end)
            index += step
        self.starts, self.ends, self.n = starts, ends, len(joined)
        return joined

    def word(self, index: int) -> str:
        """The token as it stands in the text."""
        return self.text[self.starts[index] : self.ends[index]] if 0 <= index < self.n else ""

    def has(self, index: int, name: str) -> bool:
        """Whether the token belongs to the class of function words `name`."""
        return name in self.senses[index].classes

    def glued(self, index: int) -> bool:
        """Whether no space stands before the token."""
        return 0 < index < self.n and self.starts[index] == self.ends[index - 1]

    def gap(self, index: int) -> str:
        """What stands between the token and the one before it."""
        return self.text[self.ends[index - 1] : self.starts[index]] if 0 < index < self.n else ""

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
