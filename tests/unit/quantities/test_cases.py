"""Runs the tables in `tests/cases/<quantity>/<language>.jsonl`: each line a text and what must be found in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analyzer.quantities import find_durations, find_quantities, find_quantities_many
from analyzer.types import CalendarDate, Duration, Money, Percentage, Quantity, Recurrence, ServiceWindow

CASES = Path(__file__).parents[2] / "cases"


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def _duration(item: Duration) -> dict[str, Any]:
    return {
        "lower": _number(item.lower),
        "upper": _number(item.upper),
        "unit": str(item.unit),
        "calendar": str(item.calendar),
        "bound": str(item.bound),
    }


KINDS: dict[str, tuple[type, Callable[[Any], dict[str, Any]]]] = {
    "durations": (Duration, _duration),
    "recurrences": (
        Recurrence,
        lambda item: {"count": _number(item.count), "every": _number(item.every), "unit": str(item.unit)},
    ),
    "windows": (ServiceWindow, lambda item: {"hours_per_week": item.hours_per_week, "holidays": item.holidays}),
    "money": (Money, lambda item: {"amount": _number(item.amount), "currency": item.currency}),
    "percentages": (Percentage, lambda item: {"value": _number(item.value)}),
    "dates": (CalendarDate, lambda item: {"value": item.value.isoformat()}),
}


#: Cases a language: no file may shrink.
LEAST = {"durations": 335, "recurrences": 194, "windows": 212, "money": 116, "percentages": 104, "dates": 101}
LEAST_NEGATIVES = 591
#: File of what the reader is known not to read, with the reason; strict, so that a case that comes right moves to the others.
KNOWN_FAILURES = "known-failures"


def _cases() -> Iterator[Any]:
    for kind in KINDS:
        for path in sorted((CASES / kind).glob("*.jsonl")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                case = json.loads(line)
                language = case.get("language", path.stem)
                marks = [pytest.mark.xfail(strict=True, reason=case["comment"])] if case["expect"] == "fail" else []
                yield pytest.param(kind, language, case, id=f"{kind}-{path.stem}-{number}", marks=marks)


def _shown(kind: str, text: str, found: tuple[Quantity, ...]) -> list[dict[str, Any]]:
    wanted, show = KINDS[kind]
    return [{"text": text[item.span.start : item.span.end], **show(item)} for item in found if isinstance(item, wanted)]


@pytest.mark.parametrize(("kind", "language", "case"), list(_cases()))
def test_case(kind: str, language: str, case: dict[str, Any]) -> None:
    text = case["text"]
    assert _shown(kind, text, find_quantities(text, language=language)) == case["expected"]


def test_every_language_has_enough_cases() -> None:
    for kind in KINDS:
        for language in ("fr", "de", "it", "en"):
            lines = (CASES / kind / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
            assert len(lines) >= LEAST[kind], (kind, language)
    assert len((CASES / "durations" / "negatives.jsonl").read_text(encoding="utf-8").splitlines()) >= LEAST_NEGATIVES


def test_known_failures_have_a_file_of_their_own() -> None:
    for path in CASES.glob("*/*.jsonl"):
        cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        known = path.stem == KNOWN_FAILURES
        assert all((case["expect"] == "fail") is known for case in cases), path
        assert all(case["comment"] and case["language"] for case in cases if known), path


@pytest.mark.parametrize(
    ("language", "text", "anchor"),
    [
        ("fr", "Intervention sous 4 heures dès réception de l'annonce.", "dès réception de l'annonce"),
        ("de", "Innert 30 Tagen nach Rechnungsdatum zahlbar.", "nach Rechnungsdatum zahlbar"),
        ("it", "Entro 5 giorni dalla segnalazione, con PEC.", "dalla segnalazione"),
        ("en", "Within 5 days of receipt, in writing.", "of receipt"),
        ("en", "Thirty days' notice of cancellation is required.", None),
        ("fr", "Le contrat dure 3 ans.", None),
    ],
)
def test_anchor(language: str, text: str, anchor: str | None) -> None:
    assert [item.anchor for item in find_durations(text, language=language)] == [anchor]


@pytest.mark.parametrize(
    ("language", "text", "calendar"),
    [
        ("fr", "Le remplaçant arrive en 6 heures si l'appel est reçu durant les heures de bureau.", "elapsed"),
        ("fr", "Diagnostic posé en 90 minutes (mardi au samedi, 7 h à 15 h).", "business"),
        ("fr", "Délai (en heures ouvrées) : 4 heures.", "business"),
        ("de", "Reaktionszeit 2 Stunden innerhalb der Servicezeiten.", "business"),
        ("en", "Engineer assigned in 45 minutes, Mon-Fri 7am to 4pm.", "business"),
        ("en", "Engineer assigned in 45 minutes, 24/7.", "elapsed"),
        ("it", "Intervento in 4 ore entro l'orario di servizio.", "business"),
    ],
)
def test_calendar_from_the_words_around(language: str, text: str, calendar: str) -> None:
    assert [str(item.calendar) for item in find_durations(text, language=language)] == [calendar]


def test_window_times() -> None:
    (found,) = find_quantities("Mo-Fr 8-12 und 13.30-17 Uhr, Sa 9-11", language="de")
    assert isinstance(found, ServiceWindow)
    assert found.intervals[:2] == ((0, 480, 720), (0, 810, 1020))
    assert found.intervals[-1] == (5, 540, 660)


def test_night_window_runs_into_the_next_day() -> None:
    (found,) = find_quantities("Sonntag 22:00-04:00 Uhr", language="de")
    assert isinstance(found, ServiceWindow)
    assert found.intervals == ((0, 0, 240), (6, 1320, 1440))


def test_offset_shifts_spans() -> None:
    (plain,) = find_durations("innert 4 Stunden", language="de")
    (shifted,) = find_durations("innert 4 Stunden", language="de", offset=100)
    assert shifted.span == plain.span.shifted(100)


def test_many_agrees_with_one_by_one() -> None:
    texts, languages = ["within 4 hours", "innert 4 Stunden", "rien"], ["en", "de", "fr"]
    many = find_quantities_many(texts, languages=languages, offsets=[0, 50, 90])
    assert many == [
        find_quantities(text, language=language, offset=offset)
        for text, language, offset in zip(texts, languages, (0, 50, 90), strict=True)
    ]


def test_decomposed_accents_are_read() -> None:
    # "é" as "e" with a combining accent, as some PDF writers leave it
    (found,) = find_durations("8 heures ouvre\u0301es", language="fr")
    assert (found.iso, str(found.calendar)) == ("PT8H", "business")
    assert found.span.end == len("8 heures ouvre\u0301es")


def test_a_first_call_loads_no_heavy_library() -> None:
    """It must answer within 0.3 s in a fresh process: half of that is already spent on Python and the words of the language."""
    code = (
        "import sys, analyzer; assert analyzer.find_durations('innert 4 Stunden', language='de'); "
        "print(sorted({'numpy', 'scipy', 'sklearn', 'spacy', 'joblib', 'lxml', 'pdfminer'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_sentences_that_are_passed_over_hold_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [(parameter.values[1], parameter.values[2]["text"]) for parameter in _cases()]
    quick = [find_quantities(text, language=language) for language, text in texts]
    monkeypatch.setattr("analyzer.quantities.scan._says_nothing", lambda text, lexicon: False)
    differ = [text for (language, text), found in zip(texts, quick, strict=True) if find_quantities(text, language=language) != found]
    assert differ == []
