"""One reader of durations, run by its own interpreter: called by `durations.py`, with the name of a reader and two files (JSON in, JSON out).

In: `{"texts": {language: [text, ...]}, "least_s": seconds}`. Out: per language what was found (`[start, end, lower, upper, business]` in code points and
seconds, None where the reader does not say), sentences per second, or why it does not run. Standard library only, beside the reader itself.

Each answer is brought to our units as a user of the reader would: values from its own units, not from its seconds, where it tells them; month 30 days, year 365.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Found = tuple[int, int, float | None, float | None, bool | None]
Read = Callable[[str], Iterable[Found]]

DAY = 86_400.0
SECONDS = {
    "second": 1.0, "minute": 60.0, "hour": 3600.0, "day": DAY, "week": 7 * DAY, "month": 30 * DAY, "quarter": 90 * DAY, "year": 365 * DAY,
    "decade": 3650 * DAY,
}  # fmt: skip
#: Two days for readers of dates: what moves with the day is relative, a length of time. Not the same weekday, month or day of the month.
BASES = (datetime(2001, 1, 15), datetime(2010, 6, 9))

_ISO = re.compile(r"P(?:([\d.]+)Y)?(?:([\d.]+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$")


def seconds_of_iso(text: str) -> float | None:
    """Return the seconds of an ISO 8601 duration, None if it is none.

    Examples
    --------
    >>> seconds_of_iso("P1Y6M") == (365 + 180) * 86400, seconds_of_iso("PT0.5H"), seconds_of_iso("P1BD")
    (True, 1800.0, None)
    """
    match = _ISO.match(text)
    if match is None or not any(match.groups()):
        return None
    units = ("year", "month", "week", "day", "hour", "minute", "second")
    return sum(float(part) * SECONDS[unit] for part, unit in zip(match.groups(), units, strict=True) if part)


def seconds_between(base: datetime, moved: datetime) -> float:
    """Return how far a date was moved: whole months and years count 30 and 365 days, else the time that lies between.

    Examples
    --------
    >>> seconds_between(datetime(2001, 1, 15), datetime(2000, 10, 15)) == 90 * 86400
    True
    """
    months = (moved.year - base.year) * 12 + moved.month - base.month
    if months and (moved.day, moved.time()) == (base.day, base.time()):
        years, months = divmod(abs(months), 12)
        return years * SECONDS["year"] + months * SECONDS["month"]
    return abs((moved - base).total_seconds())


def ours(language: str) -> Read:
    """The reader of this project."""
    import analyzer

    def read(text: str) -> Iterator[Found]:
        for item in analyzer.find_durations(text, language=language):
            yield (item.span.start, item.span.end, *item.seconds, str(item.calendar) == "business")

    return read


def regex(language: str) -> Read:
    """Twenty lines that anybody writes first: figures, a unit, perhaps a word for business time."""
    units = {
        "fr": {"second": "secondes?", "minute": "minutes?|min", "hour": "heures?|h", "day": "jours?", "week": "semaines?", "month": "mois", "year": "ann[ée]es?|ans?"},
        "de": {"second": "sekunden?", "minute": "minuten?|min", "hour": "stunden?|std|h", "day": "tage?n?", "week": "wochen?", "month": "monate?n?", "year": "jahre?n?"},
        "it": {"second": "secondi?o?", "minute": "minut[oi]|min", "hour": "or[ae]|h", "day": "giorn[oi]", "week": "settiman[ae]", "month": "mes[ei]", "year": "ann[oi]"},
        "en": {"second": "seconds?", "minute": "minutes?|mins?", "hour": "hours?|hrs?|h", "day": "days?", "week": "weeks?", "month": "months?", "year": "years?"},
    }[language]  # fmt: skip
    before = {"fr": "", "de": "arbeits|werk", "it": "", "en": r"(?:business|working)\s+"}[language] or r"\b\B"
    after = {"fr": r"\s+ouvr[ée]e?s?|\s+ouvrables?", "de": r"\b\B", "it": r"\s+lavorativ[aeio]", "en": r"\b\B"}[language]
    names = "|".join(f"(?P<{name}>{words})" for name, words in units.items())
    pattern = re.compile(rf"(\d+(?:[.,]\d+)?)(?:\s*(?:-|–|à|bis|to|a)\s*(\d+))?[\s-]*({before})?(?:{names})({after})?\b", re.I)

    def read(text: str) -> Iterator[Found]:
        for match in pattern.finditer(text):
            unit = next(name for name in units if match[name])
            low = float(match[1].replace(",", ".")) * SECONDS[unit]
            high = float(match[2]) * SECONDS[unit] if match[2] else low
            yield match.start(), match.end(), low, high, bool(match[3] or match.groups()[-1])

    return read


def recognizers(language: str) -> Read:
    """recognizers-text, the date-time model: its durations, and its ranges that tell a length from now ("next 5 days")."""
    from recognizers_date_time import DateTimeRecognizer

    model = DateTimeRecognizer({"en": "en-us", "fr": "fr-fr"}[language]).get_datetime_model()

    def read(text: str) -> Iterator[Found]:
        for item in model.parse(text, BASES[0]):
            kind = item.type_name.rpartition(".")[2]
            values = (item.resolution or {}).get("values") or [{}]
            timex = values[0].get("timex") or ""
            if kind == "duration":
                value = seconds_of_iso(timex)
            elif kind in ("daterange", "datetimerange", "timerange") and BASES[0].date().isoformat() in timex:
                value = seconds_of_iso(timex.rstrip(")").rpartition(",")[2])
            else:
                continue
            yield item.start, item.end + 1, value, value, None

    return read


def recognizers_duration(language: str) -> Read:
    """recognizers-text, its extractor and parser of durations alone."""
    from importlib import import_module

    from recognizers_date_time.date_time.base_duration import BaseDurationExtractor, BaseDurationParser

    name = {"en": "English", "fr": "French"}[language]
    home = import_module(f"recognizers_date_time.date_time.{name.lower()}")
    extractor = BaseDurationExtractor(getattr(home, f"{name}DurationExtractorConfiguration")())
    common = getattr(home, f"{name}CommonDateTimeParserConfiguration")()
    parser = BaseDurationParser(getattr(home, f"{name}DurationParserConfiguration")(common))

    def read(text: str) -> Iterator[Found]:
        for item in extractor.extract(text, BASES[0]):
            parsed = parser.parse(item, BASES[0])
            value = seconds_of_iso(parsed.timex_str or "") if parsed is not None else None
            yield item.start, item.start + item.length, value, value, None

    return read


def duckling(language: str) -> Read:
    """Duckling (the one in Clojure) on the Java machine, its dimension `duration`."""
    import threading

    import duckling as package
    import jpype

    if not jpype.isJVMStarted():
        # The wrapper of 2018 starts the Java machine without what JPype needs since 2020 to hand over strings.
        jars = Path(package.__file__).parent / "jars"
        jpype.startJVM(classpath=[str(jar) for jar in jars.glob("*.jar")], convertStrings=True)
    threading.activeCount = threading.active_count  # type: ignore[attr-defined]
    reader = package.Duckling(jvm_started=True)
    reader.load([language])

    def read(text: str) -> Iterator[Found]:
        for item in reader.parse(text, language=language, dim_filter="duration"):
            parts = {unit: item["value"][unit] for unit in SECONDS if item["value"].get(unit)}
            value = sum(number * SECONDS[unit] for unit, number in parts.items())
            yield item["start"], item["end"], value, value, None

    return read


def timexy(language: str) -> Read:
    """timexy in a blank spaCy pipeline, its TIMEX3 values of type DURATION."""
    import spacy
    import timexy as _registers  # noqa: F401

    nlp = spacy.blank(language)
    nlp.add_pipe("timexy", config={"kb_id_type": "timex3", "label": "timexy", "overwrite": False})
    pattern = re.compile(r'type="DURATION" value="([^"]+)"')

    def read(text: str) -> Iterator[Found]:
        for entity in nlp(text).ents:
            match = pattern.search(entity.kb_id_)
            if match is not None:
                value = seconds_of_iso(match[1])
                yield entity.start_char, entity.end_char, value, value, None

    return read


def ctparse(language: str) -> Read:
    """ctparse reads one expression a text, in English and German alike."""
    import logging

    from ctparse import ctparse as parse
    from ctparse.types import Duration

    logging.getLogger("ctparse").setLevel(logging.CRITICAL)
    assert language in ("de", "en")

    def read(text: str) -> Iterator[Found]:
        best = parse(text, ts=BASES[0], latent_time=False)
        item = best.resolution if best is not None else None
        if isinstance(item, Duration):
            unit = item.unit.value.rstrip("s")
            value = item.value * SECONDS["day" if unit == "night" else unit]
            yield item.mstart, item.mend, value, value, None

    return read


def quantulum3(language: str) -> Read:
    """quantulum3 without its classifier, quantities of the entity time."""
    from quantulum3 import parser

    assert language == "en"

    def read(text: str) -> Iterator[Found]:
        for item in parser.parse(text):
            if item.unit.entity.name == "time" and item.unit.name in SECONDS:
                factor, spread = SECONDS[item.unit.name], item.uncertainty or 0.0
                yield (*item.span, (item.value - spread) * factor, (item.value + spread) * factor, None)

    return read


def edsnlp(language: str) -> Read:
    """edsnlp, made for French clinical notes: its quantities of time."""
    import edsnlp as package
    import edsnlp.pipes as eds

    assert language == "fr"
    nlp = package.blank("eds")
    nlp.add_pipe(eds.sentences())
    nlp.add_pipe(eds.quantities(quantities={"duration": {"unit": "second"}}))

    def read(text: str) -> Iterator[Found]:
        for span in nlp(text).spans["duration"]:
            factor = SECONDS.get(span._.value.unit)
            parts = list(span._.value)
            if factor is None:
                lower = upper = float(span._.value.second)
            else:
                lower, upper = float(parts[0].value) * factor, float(parts[-1].value) * factor
            yield span.start_char, span.end_char, lower, upper, None

    return read


def lexnlp(language: str) -> Read:
    """LexNLP, made for English and German contracts."""
    from importlib import import_module

    if language == "en":
        import nltk

        # Without them it finds nothing, or fails on some sentences only.
        for resource in ("tokenizers/punkt_tab/english/", "taggers/averaged_perceptron_tagger_eng/"):
            try:
                nltk.data.find(resource)
            except LookupError:
                raise LookupError(f"NLTK's {resource} is not on this machine") from None
    extract = import_module(f"lexnlp.extract.{language}.durations").get_duration_annotations_list

    def read(text: str) -> Iterator[Found]:
        for item in extract(text):
            value = float(item.duration_days) * DAY
            yield (*item.coords, value, value, None)

    return read


def dateparser(language: str) -> Read:
    """dateparser's search: it finds dates, and reads a length of time as a date that lies so far back."""
    from dateparser import parse
    from dateparser.search import search_dates

    def read(text: str) -> Iterator[Found]:
        position = 0
        for words, moved in search_dates(text, languages=[language], settings={"RELATIVE_BASE": BASES[0]}) or ():
            start = text.find(words, position)
            if start == -1:
                continue
            position = start + len(words)
            value = seconds_between(BASES[0], moved)
            other = parse(words, languages=[language], settings={"RELATIVE_BASE": BASES[1]})
            if other is not None and value and value == seconds_between(BASES[1], other):
                yield start, position, value, value, None

    return read


def parsedatetime(language: str) -> Read:
    """parsedatetime: it finds dates, and reads a length of time as a date that lies so far ahead."""
    import parsedatetime as package

    constants = package.Constants({"en": "en_US", "de": "de_DE", "fr": "fr_FR"}[language], usePyICU=False)
    calendar = package.Calendar(constants, version=package.VERSION_CONTEXT_STYLE)

    def read(text: str) -> Iterator[Found]:
        one, other = ({(hit[2], hit[3]): hit[0] for hit in calendar.nlp(text, sourceTime=base.timetuple()) or ()} for base in BASES)
        for place, moved in one.items():
            value = seconds_between(BASES[0], moved)
            if value and place in other and value == seconds_between(BASES[1], other[place]):
                yield (*place, value, value, None)

    return read


def timefhuman(language: str) -> Read:
    """timefhuman, its results of type timedelta."""
    from timefhuman import tfhConfig
    from timefhuman import timefhuman as parse

    assert language == "en"
    config = tfhConfig(return_matched_text=True, now=BASES[0], infer_datetimes=False)

    def read(text: str) -> Iterator[Found]:
        for _, place, value in parse(text, config=config) or ():
            ends = value if isinstance(value, tuple) else (value, value)
            if len(ends) == 2 and all(isinstance(end, timedelta) for end in ends):
                yield (*place, ends[0].total_seconds(), ends[1].total_seconds(), None)

    return read


READERS: dict[str, Callable[[str], Read]] = {
    reader.__name__: reader
    for reader in (
        ours, regex, recognizers, recognizers_duration, duckling, lexnlp, edsnlp, timexy, ctparse, quantulum3, timefhuman, dateparser,
        parsedatetime,
    )
}  # fmt: skip


def trim(text: str, found: Iterable[Found]) -> list[Found]:
    """Leave blanks at the ends of a span out, whatever the reader does about them."""
    trimmed = []
    for start, end, *rest in found:
        words = text[start:end]
        start += len(words) - len(words.lstrip())
        trimmed.append((start, start + len(words.strip()), *rest))
    return trimmed  # type: ignore[return-value]


def run(name: str, texts: list[str], language: str, least_s: float) -> dict[str, Any]:
    """Read every text; then once more for the clock, until `least_s` seconds have gone by. A text on which the reader fails counts as nothing found."""
    read = READERS[name](language)
    list(read(texts[0]))
    found: list[list[Found]] = []
    faults: dict[str, int] = {}
    begin = time.perf_counter()
    for text in texts:
        try:
            found.append(trim(text, read(text)))
        except Exception as error:
            found.append([])
            faults[type(error).__name__] = faults.get(type(error).__name__, 0) + 1
    spent, count = time.perf_counter() - begin, len(texts)
    # The first pass fills caches; it is the figure of slow readers only.
    if spent < least_s and not faults:
        begin, count = time.perf_counter(), 0
        while time.perf_counter() - begin < least_s:
            for text in texts:
                for _ in read(text):
                    pass
            count += len(texts)
        spent = time.perf_counter() - begin
    return {"found": found, "rate": count / spent if spent else 0.0, "faults": faults}


def main() -> int:
    """Run the named reader."""
    name, source, target = sys.argv[1:]
    warnings.simplefilter("ignore")
    order = json.loads(Path(source).read_text(encoding="utf-8"))
    answer: dict[str, Any] = {}
    for language, texts in order["texts"].items():
        try:
            answer[language] = run(name, texts, language, order["least_s"])
        except Exception as error:
            lines = [line.strip(" *\n") for line in str(error).splitlines() if line.strip(" *\n")]
            answer[language] = {"error": f"{type(error).__name__}: {lines[0] if lines else ''}"[:200]}
    Path(target).write_text(json.dumps(answer), encoding="utf-8")
    sys.stdout.flush()
    # The Java machine keeps threads of its own.
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
