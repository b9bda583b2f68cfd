"""Precision, recall and F1 per category and language, from gold and predicted label sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one category (or of all) and what follows from them."""

    category: str
    true_positive: int
    false_positive: int
    false_negative: int

    @property
    def support(self) -> int:
        return self.true_positive + self.false_negative

    @property
    def precision(self) -> float:
        found = self.true_positive + self.false_positive
        return self.true_positive / found if found else 0.0

    @property
    def recall(self) -> float:
        return self.true_positive / self.support if self.support else 0.0

    @property
    def f1(self) -> float:
        total = 2 * self.true_positive + self.false_positive + self.false_negative
        return 2 * self.true_positive / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of a labelled set.

    `micro` counts all labels alike, `macro` all categories alike (those with support). `other` is the absence of labels and counts in neither.
    """

    categories: tuple[Score, ...]
    languages: tuple[tuple[str, float, float], ...]
    rows: int
    calibration_error: float | None = None

    @property
    def micro(self) -> float:
        return Score(
            "", *(sum(getattr(s, name) for s in self.categories) for name in ("true_positive", "false_positive", "false_negative"))
        ).f1

    @property
    def macro(self) -> float:
        known = [score.f1 for score in self.categories if score.support]
        return sum(known) / len(known) if known else 0.0

    def to_dict(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "micro_f1": round(self.micro, 4),
            "macro_f1": round(self.macro, 4),
            "calibration_error": None if self.calibration_error is None else round(self.calibration_error, 4),
            "languages": {name: {"micro_f1": round(micro, 4), "macro_f1": round(macro, 4)} for name, micro, macro in self.languages},
            "categories": {
                s.category: {"precision": round(s.precision, 4), "recall": round(s.recall, 4), "f1": round(s.f1, 4), "support": s.support}
                for s in self.categories
            },
        }

    def to_markdown(self) -> str:
        """Render a table, most frequent category first."""
        lines = [f"micro-F1 {self.micro:.3f}, macro-F1 {self.macro:.3f}, {self.rows} rows", ""]
        if self.languages:
            lines += ["| language | micro-F1 | macro-F1 |", "|---|---|---|"]
            lines += [f"| {name} | {micro:.3f} | {macro:.3f} |" for name, micro, macro in self.languages] + [""]
        lines += ["| category | precision | recall | F1 | support |", "|---|---|---|---|---|"]
        lines += [
            f"| {as_cell(s.category)} | {s.precision:.2f} | {s.recall:.2f} | {s.f1:.2f} | {s.support} |"
            for s in sorted(self.categories, key=lambda s: -s.support)
            if s.support or s.false_positive
        ]
        return "\n".join(lines) + "\n"


def as_cell(category: str) -> str:
    """Return a category as code in a cell of a Markdown table, whatever characters people give their labels."""
    plain = " ".join(category.split()).replace("|", "\\|").replace("`", "'")
    return f"`{plain if len(plain) <= 100 else plain[:100] + ' ...'}`"


def score_labels(
    gold: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    *,
    languages: Sequence[str] | None = None,
    calibration_error: float | None = None,
) -> Scores:
    """Compare label sets row by row."""
    per_language = []
    for language in sorted(set(languages or ())):
        rows = [i for i, value in enumerate(languages or ()) if value == language]
        part = score_labels([gold[i] for i in rows], [predicted[i] for i in rows])
        per_language.append((language, part.micro, part.macro))
    counts: dict[str, list[int]] = {}
    for truth, guess in zip(gold, predicted, strict=True):
        wanted, found = set(truth) - {OTHER}, set(guess) - {OTHER}
        for category in wanted | found:
            entry = counts.setdefault(category, [0, 0, 0])
            entry[0 if category in wanted and category in found else 1 if category in found else 2] += 1
    categories = tuple(Score(name, *values) for name, values in sorted(counts.items()))
    return Scores(categories, tuple(per_language), len(gold), calibration_error)
