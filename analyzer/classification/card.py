"""The model card: what a model was made of, how good it is, and where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.classification.calibration import ReliabilityBin
from analyzer.classification.scores import as_cell
from analyzer.classification.training import Training

_BAR = 40


def render_card(name: str, manifest: Mapping[str, Any], training: Training) -> str:
    """Return the card as Markdown."""
    parts = [_head(name, manifest, training)]
    if training.reliability:
        parts.append(
            "## Reliability\n\nLabels of held-out rows by tenth of probability: a probability of 0.8 should be right in 8 of 10 cases. "
            "`#` is how often it was, `|` where it should be.\n\n```\n" + render_reliability(training.reliability) + "```\n"
        )
    parts.append("## Cross-validation by provider\n\n" + training.scores.to_markdown())
    if manifest.get("comparison"):
        parts.append("## Before and after\n\n" + render_comparison(manifest["comparison"]))
    return "\n".join(parts)


def _head(name: str, manifest: Mapping[str, Any], training: Training) -> str:
    scores, doubt = training.scores, training.doubt
    ece = "not measured" if scores.calibration_error is None else f"{scores.calibration_error:.3f}"
    band = (
        "not measured"
        if doubt is None
        else f"{doubt.coverage:.0%} of the rows have no doubtful label; {doubt.accuracy_sure:.0%} of them have exactly the right labels, of the others {doubt.accuracy_doubtful:.0%}"
    )
    return f"""# Model card: {name}

Labels rows (sentences, list items, table rows, headings) of contracts with {len(manifest["categories"])} clause categories; several labels a row.

- **Made of**: TF-IDF of words and characters over the masked row and its headings, counts of the word lists and concepts, one linear support vector machine per category, a second look at
  the neighbouring rows, Platt scaling and thresholds from grouped cross-validation.
- **Data**: {training.rows} rows of {training.documents} contracts by {training.families} providers (families that are never on both sides of a fold), sha256 `{training.data_sha256[:16]}`,
  seed {manifest["seed"]}.
- **Meant for**: finding and sorting clauses of IT maintenance, support and hosting contracts in French, German, Italian and English before a person reads them.
- **Not meant for**: deciding whether a clause is valid; other kinds of contracts without retraining.
- **Limits**: the figures below are from documents of the same collection, no provider on both sides. On real contracts of providers never seen they are lower: see `docs/quality.md`.
- **Expected calibration error** (cross-validation, all labels of all rows): {ece}.
- **Uncertain band** (cross-validation): {band}.
"""


def render_reliability(bins: Sequence[ReliabilityBin]) -> str:
    """Return the reliability diagram as text, a line per tenth."""
    lines = ["predicted  observed  labels"]
    for entry in bins:
        bar = list("#" * round(entry.observed * _BAR) + " " * (_BAR + 1 - round(entry.observed * _BAR)))
        bar[round(entry.predicted * _BAR)] = "|"
        lines.append(f"{entry.predicted:9.2f} {entry.observed:9.2f} {entry.count:7d}  {''.join(bar).rstrip()}")
    return "\n".join(lines) + "\n"


def render_comparison(comparison: Mapping[str, Any]) -> str:
    """Return a table of F1 per category on the new rows, by the model before and by cross-validation of the new one."""
    lines = [
        f"On the {comparison['rows']} new rows: the model `{comparison['previous'][:12]}` before, and the new one by cross-validation.",
        "",
        "| category | rows | F1 before | F1 after |",
        "|---|---|---|---|",
        f"| all (micro) | {comparison['rows']} | {comparison['micro'][0]:.2f} | {comparison['micro'][1]:.2f} |",
    ]
    lines += [f"| {as_cell(name)} | {support} | {before:.2f} | {after:.2f} |" for name, support, before, after in comparison["categories"]]
    return "\n".join(lines) + "\n"
