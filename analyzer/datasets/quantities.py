"""Rows with their quantities annotated (`data/quantities/<language>.jsonl`), and how well the reader finds them.

A row is `{"id", "text", "expected": [{"kind", "start", "end", ...}]}`: spans in code points of `text`, and the values under the names that `describe` gives them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_never

from analyzer.datasets.native import iterate_jsonl
from analyzer.errors import DataError
from analyzer.quantities import find_quantities
from analyzer.types import LANGUAGES, CalendarDate, Duration, Money, Percentage, Quantity, Recurrence, ServiceWindow

#: Kinds, with the keys of their values.
KINDS: Mapping[str, tuple[str, ...]] = {
    "duration": ("lower", "upper", "unit", "calendar", "bound"),
    "recurrence": ("count", "every", "unit"),
    "window": ("hours_per_week", "holidays"),
    "money": ("amount", "currency"),
    "percentage": ("value",),
    "date": ("value",),
}


@dataclass(frozen=True, slots=True)
class QuantityScore:
    """Counts over the rows of one language and kind. A found quantity matches an annotated one that it overlaps."""

    language: str
    kind: str
    annotated: int
    found: int
    matched: int
    exact: int
    right: int

    @property
    def f1(self) -> float:
        """F1 of overlapping spans."""
        return 2 * self.matched / (self.annotated + self.found) if self.annotated + self.found else 1.0

    @property
    def exact_f1(self) -> float:
        """F1 of exactly equal spans."""
        return 2 * self.exact / (self.annotated + self.found) if self.annotated + self.found else 1.0

    @property
    def value_accuracy(self) -> float:
        """Share of the matched quantities whose values are all right."""
        return self.right / self.matched if self.matched else 1.0


def describe(quantity: Quantity) -> dict[str, Any]:
    """Return kind, span and values of a quantity as plain data.

    Examples
    --------
    >>> describe(find_quantities("within 2 to 4 business days", language="en")[0])
    {'kind': 'duration', 'start': 7, 'end': 27, 'lower': '2', 'upper': '4', 'unit': 'day', 'calendar': 'business', 'bound': 'range'}
    """
    kind, values = _values(quantity)
    return {"kind": kind, "start": quantity.span.start, "end": quantity.span.end, **values}


def _values(quantity: Quantity) -> tuple[str, dict[str, Any]]:
    match quantity:
        case Duration():
            return "duration", {
                "lower": _number(quantity.lower), "upper": _number(quantity.upper), "unit": str(quantity.unit),
                "calendar": str(quantity.calendar), "bound": str(quantity.bound),
            }  # fmt: skip
        case Recurrence():
            return "recurrence", {"count": _number(quantity.count), "every": _number(quantity.every), "unit": str(quantity.unit)}
        case ServiceWindow():
            return "window", {"hours_per_week": round(quantity.hours_per_week, 2), "holidays": quantity.holidays}
        case Money():
            return "money", {"amount": _number(quantity.amount), "currency": quantity.currency}
        case Percentage():
            return "percentage", {"value": _number(quantity.value)}
        case CalendarDate():
            return "date", {"value": quantity.value.isoformat()}
    assert_never(quantity)


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def read_quantities(folder: str | Path) -> dict[str, list[dict[str, Any]]]:
    """Read the annotated rows of each language.

    Raises
    ------
    DataError
        Names file and line: an unknown kind, missing values, a span outside the text.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(Path(folder).glob("*.jsonl")):
        if path.stem not in LANGUAGES:
            raise DataError(f"{path}: not named after a language", hint="known: " + ", ".join(LANGUAGES))
        for number, row in iterate_jsonl(path):
            _check(row, f"{path}:{number}")
            rows.setdefault(path.stem, []).append(row)
    if not rows:
        raise DataError(f"No annotated quantities in {folder}")
    return rows


def _check(row: Mapping[str, Any], where: str) -> None:
    text, expected = row.get("text"), row.get("expected")
    if not isinstance(text, str) or not isinstance(expected, list):
        raise DataError(f"{where}: needs text and expected")
    for item in expected:
        keys = KINDS.get(str(item.get("kind"))) if isinstance(item, dict) else None
        if keys is None:
            raise DataError(f"{where}: unknown kind in {item!r}", hint="known: " + ", ".join(KINDS))
        missing = [key for key in ("start", "end", *keys) if key not in item]
        if missing:
            raise DataError(f"{where}: {item['kind']} without {', '.join(missing)}")
        if not 0 <= item["start"] < item["end"] <= len(text):
            raise DataError(f"{where}: span {item['start']}-{item['end']} is outside the text")


def score_quantities(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[QuantityScore]:
    """Run the reader over annotated rows and count per language and kind."""
    scores = []
    for language, items in rows.items():
        counts = {kind: [0, 0, 0, 0, 0] for kind in KINDS}
        for row in items:
            for quantity in row["expected"]:
                counts[quantity["kind"]][0] += 1
            open_ones = list(row["expected"])
            for quantity in find_quantities(row["text"], language=language):
                item = describe(quantity)
                count = counts[item["kind"]]
                count[1] += 1
                match = next(
                    (o for o in open_ones if o["kind"] == item["kind"] and o["start"] < item["end"] and item["start"] < o["end"]), None
                )
                if match is None:
                    continue
                open_ones.remove(match)
                count[2] += 1
                count[3] += (match["start"], match["end"]) == (item["start"], item["end"])
                count[4] += all(match[key] == item[key] for key in KINDS[item["kind"]])
        scores += [QuantityScore(language, kind, *count) for kind, count in counts.items()]
    return scores


def render_quantity_scores(scores: Sequence[QuantityScore]) -> str:
    """Return a Markdown table."""
    out = ["| language | kind | annotated | found | F1 overlapping | F1 exact span | values right |\n|---|---|---|---|---|---|---|\n"]
    for s in scores:
        out.append(f"| {s.language} | {s.kind} | {s.annotated} | {s.found} | {s.f1:.3f} | {s.exact_f1:.3f} | {s.value_accuracy:.3f} |\n")
    return "".join(out)


def count_quantities(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return a Markdown table of how many rows and quantities are annotated."""
    out = ["| | rows | without any | " + " | ".join(KINDS) + " |\n" + "|---" * (3 + len(KINDS)) + "|\n"]
    for language, items in rows.items():
        kinds = [quantity["kind"] for row in items for quantity in row["expected"]]
        counts = " | ".join(str(kinds.count(kind)) for kind in KINDS)
        out.append(f"| {language} | {len(items)} | {sum(not row['expected'] for row in items)} | {counts} |\n")
    return "".join(out)
