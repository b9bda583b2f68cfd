"""The words of a language as the grammar sees them: one `Sense` a word, phrases as tries; built once a language from its TOML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any

from analyzer.quantities.numerals import compound_numerals, parse_compound, parse_digits
from analyzer.quantities.senses import Every, Sense, Unit
from analyzer.resources import read_lexicon
from analyzer.types import TimeUnit

#: Distinct tokens kept a language; beyond, the memory is emptied (hostile input of ever new words).
_MEMORY = 200_000
#: Longest word that can mean something here ("vierundzwanzigmonatigen" has 23 letters).
_LONGEST = 48
Trie = dict[str, Any]
_END = ""
_NONE: frozenset[str] = frozenset()
#: What goes on behind a number and its unit: marks, and lists and classes of words.
_GOING_ON = frozenset("([,/'’-‐‑–—")
_MARKING = frozenset(("business_after", "elapsed_after"))
_GOING_ON_CLASSES = frozenset(("range", "and", "or", "after_unit", "week_noun"))
_NEXT_DAYS = frozenset(("next_day", "next_day_elapsed", "second_next_day", "second_next_day_elapsed"))
_REPEATING = ("every", "every_closed", "every_weekday", "per", "yearly", "alternate_lead", "per_weak")
#: Classes of words with which a repetition can begin.
_LEADING = frozenset(("alternate", "last", "joined_prefix"))
_OPENING = ("whole_week", "days_all", "days_work", "days_six", "days_weekend", "days_nights", "days_pair", "time_from")
#: "J+1", and "l" and "O" where a scan garbled figures.
_LETTERS = frozenset("jtdghmlio")


@dataclass(slots=True)
class Lexicon:
    """The compiled words of one language."""

    language: str
    decimal_comma: bool
    vigesimal: bool
    #: "mesi 12" is said for "12 mesi".
    inverted: bool
    #: Figures with which words for round-the-clock service begin ("24", "7").
    window_figures: set[str] = field(default_factory=set)
    senses: dict[str, Sense] = field(default_factory=dict)
    exact: dict[str, Sense] = field(default_factory=dict)
    phrases: dict[str, Trie] = field(default_factory=dict)
    backward: dict[str, Trie] = field(default_factory=dict)
    numerals: dict[str, Decimal] = field(default_factory=dict)
    hundred: tuple[str, ...] = ()
    thousand: tuple[str, ...] = ()
    #: Days of the week that only behind the hours of other days are no other words ("sa", "di").
    inside: dict[str, int] = field(default_factory=dict)
    #: Between the parts of a numeral in one word ("und").
    link: str = ""
    glued_dollars: dict[str, str] = field(default_factory=dict)
    glued_scales: dict[str, Decimal] = field(default_factory=dict)
    compound: tuple[re.Pattern[str], ...] = ()
    tail: re.Pattern[str] | None = None
    #: "zehnprozentig"
    percent: re.Pattern[str] | None = None
    stems: dict[str, TimeUnit] = field(default_factory=dict)
    #: Endings of one day, not of several, in one word ("Servicetag"); of what is done in turns ("Monatsrhythmus").
    singular: tuple[str, ...] = ()
    rhythms: tuple[str, ...] = ()
    #: Finds what every word put together from others holds: a stem of a unit, "hundred".
    parts: Callable[[str], re.Match[str] | None] | None = None
    hints: tuple[str, ...] = ()
    #: Words that say a day without a word for days ("lendemain", "NBD").
    next_days: set[str] = field(default_factory=set)
    #: Lists of phrases by their first and last words.
    heads: dict[str, frozenset[str]] = field(default_factory=dict)
    tails: dict[str, frozenset[str]] = field(default_factory=dict)
    memory: Memory = field(init=False)
    #: Words as spaces part them, with the marks that cling to them; of these, those that can make no quantity: most sentences hold nothing else.
    known: set[str] = field(default_factory=set)
    quiet: set[str] = field(default_factory=set)
    #: Those that may be part of one, and of these the ones that may be so where the text has no figure at all.
    loud: set[str] = field(default_factory=set)
    strong: set[str] = field(default_factory=set)
    #: Those without which there is no length of time; the second ones are letters ("h"), and need a figure.
    lasting: set[str] = field(default_factory=set)
    lettered: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.memory = Memory(self)

    def learn(self, chunks: list[str]) -> bool:
        """Sort words, as spaces part them, into those that can be part of a quantity and those that cannot; False where one cannot be kept.

        A word is known last: another thread must not take it for one of which nothing was said.
        """
        if len(self.loud) > _MEMORY:
            return False
        if len(self.quiet) > _MEMORY:
            self.known, self.quiet = set(self.loud), set()
        for chunk in set(chunks) - self.known:
            if len(chunk) > _LONGEST:
                return False
            # Most are a word, perhaps with a stop behind it.
            word = chunk.rstrip(",.;:)")
            if not (self._known(word) and self.memory[word].trigger if word.isalpha() else self._speaks(chunk)):
                self.quiet.add(chunk)
                self.known.add(chunk)
                continue
            low = f" {chunk.lower()} "
            if "\xad" in chunk or COMBINING.search(chunk) or any(hint in low for hint in self.hints):
                self.strong.add(chunk)
            if COMBINING.search(chunk) or self._lasts(chunk):
                self.lasting.add(chunk)
            elif self._letters(chunk):
                self.lettered.add(chunk)
            self.loud.add(chunk)
            self.known.add(chunk)
        return True

    def _known(self, word: str) -> bool:
        """Whether a word stands in the lexicon, or may be put together from words that do."""
        low = word.lower()
        if word in self.exact or low in self.senses or not low.isascii():
            return True
        return len(low) > 3 and self.parts is not None and self.parts(low) is not None

    def _speaks(self, chunk: str) -> bool:
        if COMBINING.search(chunk) or "\xad" in chunk or SWISS(chunk):
            return True
        tokens = TOKEN.findall(chunk)
        # The letter and the slash of "provider's" and "et/ou" are no units.
        inside = not _DIGIT(chunk) and any(len(token) > 1 for token in tokens)
        for token in tokens:
            sense = self.memory[token]
            if sense.trigger and not (inside and len(token) == 1 and (token == "/" or sense.unit is not None)):
                return True
        return False

    def _lasts(self, chunk: str) -> bool:
        """Whether a length of time may stand in a text for this word alone: a unit, "NBD", "J+1", "15'"."""
        if "\xad" in chunk or "+" in chunk or _MINUTES(chunk):
            return True
        senses = [self.memory[token] for token in TOKEN.findall(chunk)]
        if any(sense.low == "h" or (sense.unit is not None and len(sense.low) > 1) or sense.low in self.next_days for sense in senses):
            return True
        # "demi-j"
        return any(sense.fraction is not None for sense in senses) and any(sense.unit is not None for sense in senses)

    def _letters(self, chunk: str) -> bool:
        """Whether a unit of one letter stands here that is no elided word ("d'")."""
        tokens = [*TOKEN.findall(chunk), ""]
        return any(
            len(token) == 1 and (token in "mM" or self.memory[token].unit is not None) and tokens[index + 1] not in ("'", "’")
            for index, token in enumerate(tokens[:-1])
        )

    def classify(self, token: str) -> Sense:
        """Return the sense of a token in any case and, for words of four letters or more, without its accents."""
        sense = self._classify(token)
        low = "'" if sense.low == "’" else sense.low
        if not sense.known and low not in self.heads and low not in self.tails and low not in _LETTERS:
            return sense
        sense.heads, sense.tails = self.heads.get(low, _NONE), self.tails.get(low, _NONE)
        counts = (
            sense.digits or sense.number is not None or sense.fraction is not None or sense.ordinal is not None or sense.unit is not None
        )
        sense.lasts = counts or not sense.heads.isdisjoint(_NEXT_DAYS) or low in _LETTERS
        sense.counted = counts or sense.every is not None or sense.times is not None or not sense.classes.isdisjoint(_LEADING)
        sense.repeating = tuple(name for name in _REPEATING if name in sense.heads)
        sense.repeats = sense.counted or bool(sense.repeating)
        sense.timed = sense.weekday is not None or not sense.classes.isdisjoint(("noon", "midnight"))
        sense.timed |= sense.number is not None and not sense.article
        sense.opening = tuple(name for name in _OPENING if name in sense.heads)
        sense.repeating_with = self._seconds(low, sense.repeating)
        sense.opening_with = self._seconds(low, sense.opening)
        roles = (sense.ordinal, sense.fraction, sense.times, sense.unit, sense.every, sense.month, sense.currency, sense.weekday)
        sense.counts_only = sense.number is not None and not sense.digits and not sense.trigger and all(role is None for role in roles)
        sense.counts_only &= sense.heads.isdisjoint(_NEXT_DAYS)
        sense.closes = not counts and low not in _LETTERS and low not in _GOING_ON and sense.heads.isdisjoint(_MARKING)
        sense.closes &= sense.classes.isdisjoint(_GOING_ON_CLASSES)
        return sense

    def _seconds(self, low: str, names: tuple[str, ...]) -> frozenset[str] | None:
        """Return the second words of phrases that begin with `low`; None where it is such a phrase alone."""
        nodes = [self.phrases[name][low] for name in names]
        return None if any(_END in node for node in nodes) else frozenset().union(*nodes)

    def _classify(self, token: str) -> Sense:
        if token[0].isdecimal():
            # Full-width figures read as plain ones; those of other scripts do not.
            plain = token if token.isascii() or "’" in token else unicodedata.normalize("NFKC", token)
            number = parse_digits(plain, decimal_comma=self.decimal_comma) if plain.isascii() or "’" in plain else None
            # Years, dates and clock times can stand alone; other figures need a word beside them.
            alone = number is None or (len(token) == 4 and token[:2] in _CENTURIES)
            return Sense(low=token, number=number, digits=True, trigger=alone, starts=True, window=True, linked=True)
        if token in self.exact:
            return self.exact[token]
        low = token.lower() if token.isascii() else unicodedata.normalize("NFC", token.lower())
        known = self.senses.get(low)
        if known is None and len(low) > 3 and not low.isascii():
            known = self.senses.get(_strip(low))
        if known is None and 3 < len(low) <= _LONGEST and self.parts is not None and self.parts(low) is not None:
            known = self._composed(low)
        return known if known is not None else Sense(low=low, known=False)

    def _composed(self, low: str) -> Sense | None:
        value = parse_compound(low, self.numerals, hundred=self.hundred, thousand=self.thousand, link=self.link)
        if value is not None:
            return Sense(low=low, number=value, starts=True, linked=True)
        match = self.percent.match(low) if self.percent is not None else None
        if match is not None:
            value = parse_compound(match["number"], self.numerals, hundred=self.hundred, thousand=self.thousand, link=self.link)
            if value is not None:
                return Sense(low=low, number=value, trigger=True, starts=True, classes=frozenset(("percent_word",)))
        for index, pattern in enumerate(self.compound):
            match = pattern.match(low)
            if match is None:
                continue
            written, unit = match["number"], self.stems[match["stem"]]
            count = self.numerals.get(written) if written else Decimal(1)
            if count is None and written:
                count = parse_compound(written, self.numerals, hundred=self.hundred, thousand=self.thousand, link=self.link)
            if count is None:
                continue
            if index == 0:
                return Sense(low=low, unit=Unit(unit, count, complete=bool(written)), trigger=True, starts=True, linked=True)
            if index == 1:
                return Sense(low=low, unit=Unit(unit, count, complete=True), trigger=True, starts=True, linked=True)
            return Sense(low=low, every=Every(Decimal(1), count, unit), trigger=True, starts=True, linked=True)
        # "24 Ingenieurstunden" are hours, "Sprechstunde" alone is nothing.
        match = self.tail.match(low) if self.tail is not None else None
        base = self.senses.get(match["unit"]) if match is not None else None
        if base is None or base.unit is None:
            return None
        return Sense(low=low, unit=Unit(base.unit.unit, weak=True), trigger=True, linked=True)


class Memory(dict[str, Sense]):
    """Senses of the tokens seen so far, with space before them or without; an unseen one is worked out on the way."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self._lexicon = lexicon

    def __missing__(self, token: str) -> Sense:
        if len(self) > _MEMORY:
            self.clear()
        word = token.lstrip()
        sense = self._lexicon.classify(word) if len(word) == len(token) else self[word]
        if len(token) <= _LONGEST:
            self[token] = sense
        return sense


@cache
def load_lexicon(language: str) -> Lexicon:
    """Compile the lexicon of `language`, once per process."""
    return _Builder(read_lexicon(language)).build()


class _Builder:
    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        numbers = data["numbers"]
        self.out = Lexicon(
            language=data["language"],
            decimal_comma=numbers.get("decimal_comma", True),
            vigesimal=numbers.get("vigesimal", False),
            inverted=numbers.get("inverted", False),
            hundred=tuple(numbers.get("hundred", ())),
            thousand=tuple(numbers.get("thousand", ())),
            link=numbers.get("link", ""),
            singular=tuple(data.get("compounds", {}).get("singular", ())),
            rhythms=tuple(data.get("compounds", {}).get("rhythm", ())),
        )

    def build(self) -> Lexicon:
        self._numbers()
        self._units()
        self._repetitions()
        self._names()
        self._classes()
        for name, phrases in self.data.get("phrases", {}).items():
            elided = [*phrases, *self._elided(phrases)]
            self.out.phrases[name] = _trie(elided)
            self.out.backward[name] = _trie(elided, backward=True)
        self.out.heads = _by_word(self.out.phrases)
        self.out.tails = _by_word(self.out.backward)
        parts = [*map(re.escape, (*self.out.hundred, *self.out.thousand, *self.out.stems))]
        parts += [self.data["compounds"]["percent"]] if "percent" in self.data.get("compounds", {}) else []
        self.out.parts = re.compile("|".join(parts)).search if parts else None
        self._mark_starts()
        self.out.hints = self._hints()
        return self.out

    def _elided(self, phrases: list[str]) -> list[str]:
        """Return "plus d'" for "plus de"."""
        pairs = self.data.get("elisions", {}).items()
        return [phrase[: -len(word)] + short for phrase in phrases for word, short in pairs if phrase.endswith(" " + word)]

    def _mark_starts(self) -> None:
        for name in (
            "whole_week",
            "days_work",
            "days_six",
            "days_all",
            "days_weekend",
            "days_nights",
            "days_pair",
            "time_from",
            "next_day",
            "next_day_elapsed",
            "second_next_day",
            "second_next_day_elapsed",
            "per",
            "per_weak",
            "yearly",
            "every",
            "every_closed",
            "every_weekday",
            "alternate_lead",
        ):
            for phrase in self.data.get("phrases", {}).get(name, ()):
                words = TOKEN.findall(phrase.lower())
                if words[0][0].isdecimal():
                    self.out.window_figures.add(words[0])
                    continue
                sense = self._sense(words[0])
                sense.starts = True
                sense.window |= name.startswith(("whole", "days", "time"))
                sense.trigger |= (name.startswith("days") and len(sense.low) > 4) or (name == "yearly" and sense.low == "p")
                # "lu-ve", but not "ma", which is "but" in Italian
                sense.trigger |= name == "days_pair" and self.data["weekday_inside"]["0"] == [sense.low]
                sense.trigger |= len(words) == 1 and name in _NEXT_DAYS
                if name in _NEXT_DAYS:
                    senses = self.out.senses
                    self.out.next_days.update(word for word in words if not any(w in senses and senses[w].unit for w in words))
        for sense in (*self.out.senses.values(), *self.out.exact.values()):
            simple = (sense.number, sense.ordinal, sense.fraction, sense.times, sense.unit, sense.every, sense.month, sense.currency)
            sense.starts |= any(part is not None for part in simple) or sense.low in ("l", "i", "o", "j", "t", "d", "g", "h", "m")
            sense.starts |= not sense.classes.isdisjoint(_LEADING)
            if sense.weekday is not None or sense.classes & {"noon", "midnight"}:
                sense.starts = sense.window = True
            sense.trigger |= sense.low in "/x×" or "days_letter" in sense.classes
            more = (sense.collective, sense.scale, sense.weekday)
            sense.linked |= sense.starts or bool(sense.classes) or any(part is not None for part in more)
        for name in ("whole_week", "percent", "per_mille", "basis_points", "business_before", "every", "per"):
            for phrase in self.data.get("phrases", {}).get(name, ()):
                for word in TOKEN.findall(phrase.lower())[:2]:
                    self._sense(word).linked = True

    def _sense(self, word: str, *, exact: bool = False) -> Sense:
        if exact:
            low = word.lower()
            base = self.out.senses.get(low)
            return self.out.exact.setdefault(word, Sense(low=low, classes=base.classes if base else frozenset()))
        sense = self.out.senses.setdefault(word, Sense(low=word))
        for bare in _unaccented(word):
            if len(bare) > 3:
                self.out.senses.setdefault(bare, sense)
        return sense

    def _numbers(self) -> None:
        numbers = self.data["numbers"]
        cardinals = {word: Decimal(value) for value, words in numbers["cardinal"].items() for word in words}
        generated = compound_numerals(cardinals, order=numbers.get("compounds", ""), link=numbers.get("link", ""))
        self.out.numerals = {bare: value for word, value in (cardinals | generated).items() for bare in (word, *_unaccented(word))}
        self.out.numerals |= {word: Decimal(value) for value, words in numbers.get("prefix", {}).items() for word in words}
        for word, value in (cardinals | generated).items():
            sense = self._sense(word)
            sense.number = value
        for word in numbers.get("article", ()):
            sense = self._sense(word)
            sense.number, sense.article = Decimal(1), True
        for key in ("fraction", "collective", "times"):
            for value, words in numbers.get(key, {}).items():
                for word in words:
                    setattr(self._sense(word), key, Decimal(value))
        for value, words in numbers.get("ordinal", {}).items():
            for word in words:
                self._sense(word).ordinal = int(value)

    def _units(self) -> None:
        for entry in self.data["units"]:
            unit, count = TimeUnit(entry["unit"]), Decimal(str(entry.get("count", 1)))
            business = entry.get("business", False)
            meaning = {"complete": entry.get("complete", False), "led": entry.get("led", False)}
            for kind in ("words", "weak", "exact"):
                for word in entry.get(kind, ()):
                    sense = self._sense(word, exact=kind == "exact")
                    sense.unit = Unit(unit, count, business, weak=kind != "words", **meaning)
                    sense.trigger = True
        compounds = self.data.get("compounds")
        if compounds:
            self.out.stems = {stem: TimeUnit(unit) for unit, stems in compounds["stems"].items() for stem in stems}
            stems = "|".join(sorted(map(re.escape, self.out.stems), key=len, reverse=True))
            parts = f"(?P<number>[^\\W\\d_]{{0,30}}?)(?P<stem>{stems})"
            if "percent" in compounds:
                self.out.percent = re.compile(f"(?P<number>[^\\W\\d_]{{3,30}}?){compounds['percent']}$")
            if "tail" in compounds:
                self.out.tail = re.compile(f"[^\\W\\d_]{{3,24}}?(?P<unit>{compounds['tail']})$")
            self.out.compound = tuple(re.compile(f"{parts}(?:{compounds[key]})$") for key in ("adjective", "noun", "adverb"))

    def _repetitions(self) -> None:
        for entry in self.data.get("repetitions", ()):
            count, step = Decimal(str(entry.get("count", 1))), Decimal(str(entry.get("every", 1)))
            for key in ("words", "led", "short"):
                every = Every(count, step, TimeUnit(entry["unit"]), led=key == "led", short=key == "short")
                for word in entry.get(key, ()):
                    sense = self._sense(word)
                    sense.every, sense.trigger = every, True
        for unit, words in self.data.get("cycle", {}).items():
            for word in words:
                sense = self._sense(word)
                sense.cycle, sense.trigger = TimeUnit(unit), True

    def _names(self) -> None:
        for key in ("weekday", "month"):
            for value, words in self.data[key].items():
                for word in words:
                    sense = self._sense(word)
                    setattr(sense, key, int(value))
                    sense.trigger = True
        for value, words in self.data.get("weekday_exact", {}).items():
            for word in words:
                sense = self._sense(word, exact=True)
                sense.weekday, sense.trigger = int(value), True
        self.out.inside = {word: int(value) for value, words in self.data.get("weekday_inside", {}).items() for word in words}
        for code, words in self.data["currency"].items():
            for word in words:
                sense = self._sense(word)
                sense.currency, sense.trigger = code, True
        for code, words in self.data.get("thousands", {}).items():
            for word in words:
                sense = self._sense(word)
                sense.currency, sense.scale, sense.trigger = code, Decimal(1000), True
        for code, words in self.data.get("currency_exact", {}).items():
            for word in words:
                sense = self._sense(word, exact=True)
                sense.currency, sense.trigger = code, True
        for code, words in self.data.get("hundredth", {}).items():
            for word in words:
                sense = self._sense(word)
                sense.hundredth, sense.trigger, sense.linked = code if code.isupper() else "", True, True
        for code, words in self.data.get("dollar_of", {}).items():
            for word in words:
                sense = self._sense(word)
                sense.currency, sense.classes = code, sense.classes | {"dollar_of"}
        self.out.glued_dollars = {word: code for code, words in self.data.get("dollar_glued", {}).items() for word in words}
        self.out.glued_scales = {word: Decimal(value) for value, words in self.data.get("scale_glued", {}).items() for word in words}
        for value, words in self.data.get("scale", {}).items():
            for word in words:
                self._sense(word).scale = Decimal(value)
        for word in self.out.glued_scales:
            base = self.out.senses.get(word.lower())
            self.out.exact.setdefault(word, replace(base) if base is not None else Sense(low=word.lower())).linked = True

    def _classes(self) -> None:
        # "RPO: 15m" has no other word that tells.
        self._sense("+").trigger = self._sense("m").trigger = True
        for mark in (
            *"lojtdghm",
            *"()[]/:.,-–—‑‐x×*+'’&%½¼¾",
        ):
            self._sense(mark).linked = True
        for mark in _ORDINAL_MARKS:
            self._sense(mark).classes |= {"ordinal_mark"}
        for name, words in self.data["classes"].items():
            for word in words:
                sense = self._sense(word)
                sense.classes |= {name}
                if name in ("percent", "noon", "clock", "whole_day", "service_prefix"):
                    sense.trigger = True

    def _hints(self) -> tuple[str, ...]:
        """Return strings one of which any text without a digit must hold to be of interest."""
        # "l h" is how a scan gives "1 h".
        found = {" l h", *self.out.stems}
        for word, sense in self.out.senses.items():
            strong_unit = sense.unit is not None and not sense.unit.weak
            if not (
                strong_unit
                or sense.every is not None
                or sense.cycle is not None
                or (sense.currency is not None and len(word) >= 4)
                or (len(word) > 4 and (sense.weekday is not None or sense.month is not None))
                or "percent" in sense.classes
            ):
                continue
            if any(stem in word for stem in self.out.stems):
                continue
            if len(word) >= 4:
                found.add(word[:6])
            elif word.isalpha():
                # Short words ("an", "ora") are looked for with what can stand before them.
                found.update(lead + word for lead in (" ", "\n", "'", "’", "-", "\xa0"))
        for name in ("whole_week", "next_day", "second_next_day", "percent", "per_mille", "basis_points"):
            for phrase in self.data.get("phrases", {}).get(name, ()):
                word = max(reversed(TOKEN.findall(phrase.lower())), key=len)
                # "v.h." and the like stand behind a figure anyway.
                if len(word) < 3 or any(char.isdecimal() for char in phrase):
                    continue
                if not any(hint in phrase for hint in found):
                    found.add(word)
                    self._sense(word).trigger = True
                elif name in ("percent", "per_mille", "basis_points"):
                    self._sense(word).trigger = True
        # "vingt min", "zwanzig Min."
        short = (word for word, sense in self.out.senses.items() if sense.unit is not None and sense.unit.weak and word.isalpha())
        found.update(f" {word}{mark}" for word in short if len(word) >= 3 for mark in (" ", "."))
        found = {hint for hint in found if not any(other != hint and other in hint for other in found)}
        return tuple(sorted(found))


#: Signs behind a figure that make it an ordinal; the letters ("st", "ème") are words of a language.
_ORDINAL_MARKS = ("°", "º", "ª", ".", "ᵉʳ", "ʳᵉ", "ᵉ", "ˢᵗ", "ⁿᵈ", "ʳᵈ", "ᵗʰ")
COMBINING = re.compile(r"[\u0300-\u036f]")
_DIGIT = re.compile(r"[0-9½¼¾]").search
#: "80.-", "80.–", "80'".
SWISS = re.compile(r"\d(?:[.,][-–—]|['’′](?![\w]))").search
#: "15'" is minutes in a table.
_MINUTES = re.compile(r"\d['’]").search
_CENTURIES = ("19", "20", "21")
_REST = r"\d[\d.,'’]*\d|\d|[^\w\s]|[½¼¾_]"
TOKEN = re.compile(rf"[^\W\d_½¼¾]+|{_REST}")
#: A token with the space before it.
PIECE = re.compile(rf"\s*(?:[^\W\d_½¼¾]+|{_REST})")
#: For text with combining marks, which are no letters to `re`.
PIECE_DECOMPOSED = re.compile(rf"\s*(?:(?:[^\W\d_½¼¾][\u0300-\u036f]*)+|{_REST})")


def _trie(phrases: list[str], *, backward: bool = False) -> Trie:
    root: Trie = {}
    for phrase in phrases:
        node = root
        words = TOKEN.findall(phrase.lower())
        for word in reversed(words) if backward else words:
            above, node = node, node.setdefault(word, {})
            # "piu di", "au-dela de": typed without accents; one edge more to the same node.
            # "ouvré" is another word than "ouvre".
            if not word.isascii() and len(word) > 2 and not (word[-1] == "é" and word[:-1].isascii()):
                above.setdefault(_strip(word), node)
        node[_END] = phrase
    return root


def _by_word(tries: dict[str, Trie]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, trie in tries.items():
        for word in trie:
            found.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in found.items()}


def _strip(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


def _unaccented(word: str) -> tuple[str, ...]:
    """Return how a word is typed where the accents or umlauts are not at hand."""
    if word.isascii():
        return ()
    umlauts = word.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return tuple({_strip(word), _strip(umlauts), word.replace("ß", "ss")} - {word})
