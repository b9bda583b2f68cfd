"""What a word can mean to the grammar of quantities."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from analyzer.types import TimeUnit


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of time as a word says it: `count` of `unit` ("Halbjahr" is 6 months); `complete` words need no number before them."""

    unit: TimeUnit
    count: Decimal = Decimal(1)
    business: bool = False
    #: Needs digits before it ("j", "s"), or a number other than an article ("second").
    weak: bool = False
    complete: bool = False
    #: Complete only behind a word such as "sous" ("sous quinzaine").
    led: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """What a word of repetition says: `count` times per `every` `unit`."""

    count: Decimal
    every: Decimal
    unit: TimeUnit
    #: Only beside a noun for something that is done ("sauvegarde horaire", but not "tarif horaire").
    led: bool = False
    #: Abbreviated: a full stop behind belongs to it.
    short: bool = False


@dataclass(slots=True)
class Sense:
    """All that a token can be. Most are ordinary words, with `low` alone."""

    low: str
    number: Decimal | None = None
    digits: bool = False
    article: bool = False
    ordinal: int | None = None
    fraction: Decimal | None = None
    collective: Decimal | None = None
    times: Decimal | None = None
    unit: Unit | None = None
    every: Every | None = None
    #: What "each" makes a repetition of, where it is no unit ("nuit", "hiver").
    cycle: TimeUnit | None = None
    weekday: int | None = None
    month: int | None = None
    currency: str | None = None
    #: A hundredth of a currency ("Rappen"); "" where the text must have named it.
    hundredth: str | None = None
    scale: Decimal | None = None
    #: Any of the above that can begin or end a quantity: a sentence without one is done with.
    trigger: bool = False
    #: Can begin a quantity, or a service window.
    starts: bool = False
    window: bool = False
    #: Can follow a number that means something.
    linked: bool = False
    #: Can begin a length of time, a repetition; the most frequent words can neither.
    lasts: bool = False
    repeats: bool = False
    #: Can begin a repetition by itself; other words only by one of these phrases.
    counted: bool = False
    repeating: tuple[str, ...] = ()
    #: What may stand behind it in one of these phrases; None where it is one by itself.
    repeating_with: frozenset[str] | None = frozenset()
    #: Says a day or a time of the day; other words begin a service window only by one of these phrases.
    timed: bool = False
    opening: tuple[str, ...] = ()
    opening_with: frozenset[str] | None = frozenset()
    #: A number in words and nothing else.
    counts_only: bool = False
    #: Nothing that goes on from a number and its unit: the length of time ends before it.
    closes: bool = True
    #: Lists of phrases of which one begins, or ends, with the word.
    heads: frozenset[str] = frozenset()
    tails: frozenset[str] = frozenset()
    #: Classes of function words: "range", "and", "per", ...
    classes: frozenset[str] = frozenset()
    #: Stands in the lexicon, or is a figure.
    known: bool = True
