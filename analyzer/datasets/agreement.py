"""Agreement of two annotators who labelled the same rows without seeing each other's labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.datasets.native import iterate_jsonl
from analyzer.errors import DataError


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two annotators agree on one category, each row being a yes or a no."""

    category: str
    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa (Cohen 1960): agreement beyond chance; None where neither annotator used the category or both used it everywhere."""
        n = self.both + self.first_only + self.second_only + self.neither
        first, second = (self.both + self.first_only) / n, (self.both + self.second_only) / n
        chance = first * second + (1 - first) * (1 - second)
        return None if chance == 1.0 else ((self.both + self.neither) / n - chance) / (1 - chance)

    @property
    def f1(self) -> float:
        """F1 of the second annotator against the first (the same either way round)."""
        used = 2 * self.both + self.first_only + self.second_only
        return 2 * self.both / used if used else 0.0


def measure_agreement(first: Sequence[Iterable[str]], second: Sequence[Iterable[str]]) -> list[Agreement]:
    """Compare two labellings of the same rows, category by category, in the order of their names.

    Examples
    --------
    >>> [a] = measure_agreement([["fees"], ["fees"], [], []], [["fees"], [], [], []])
    >>> (a.category, round(a.kappa, 2), round(a.f1, 2))
    ('fees', 0.5, 0.67)
    """
    if len(first) != len(second):
        raise DataError(f"{len(first)} rows against {len(second)}: not the same rows")
    a, b = [frozenset(labels) for labels in first], [frozenset(labels) for labels in second]
    found = []
    for category in sorted(frozenset().union(*a, *b)):
        counts = [0, 0, 0, 0]
        for one, two in zip(a, b, strict=True):
            counts[2 * (category not in one) + (category not in two)] += 1
        found.append(Agreement(category, *counts))
    return found


def pool(agreements: Sequence[Agreement]) -> Agreement:
    """Add up all categories: every row and category is one decision."""
    return Agreement("all", *(sum(getattr(a, name) for a in agreements) for name in ("both", "first_only", "second_only", "neither")))


def read_double_labels(folder: str | Path) -> list[Mapping[str, Any]]:
    """Read `<language>.jsonl` files of doubly labelled rows: `{"id", "first", "second", "agreed"}`, each of the three a list of labels.

    Raises
    ------
    DataError
        Names file and line of the fault.
    """
    rows: list[Mapping[str, Any]] = []
    for path in sorted(Path(folder).glob("*.jsonl")):
        for number, row in iterate_jsonl(path):
            for key in ("first", "second", "agreed"):
                if not isinstance(row.get(key), list) or not row[key]:
                    raise DataError(f"{path}:{number}: no labels under {key!r}")
            rows.append(row)
    if not rows:
        raise DataError(f"No doubly labelled rows in {folder}", hint='rows hold {"id", "first", "second", "agreed"}')
    return rows


def render_agreement(agreements: Sequence[Agreement]) -> str:
    """Return a Markdown table, the whole first."""
    out = ["| category | rows (either) | kappa | F1 | only first | only second |\n|---|---|---|---|---|---|\n"]
    for a in [pool(agreements), *agreements]:
        kappa = "" if a.kappa is None else f"{a.kappa:.2f}"
        name = a.category if a.category == "all" else f"`{a.category}`"
        out.append(f"| {name} | {a.both + a.first_only + a.second_only} | {kappa} | {a.f1:.2f} | {a.first_only} | {a.second_only} |\n")
    return "".join(out)
