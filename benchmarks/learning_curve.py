"""Does more data still help, and which? Trains on growing shares of the train split and scores on the test split and on real contracts.

Writes `docs/learning-curve.png` and `docs/learning-curve.md`. Contracts are added in an order by hash, the languages in step, families whole.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analyzer.api import load_rows
from analyzer.classification.scores import Scores, score_labels
from analyzer.classification.training import LabelledRow, link_rows, train_model
from analyzer.datasets import Contract, read_contracts
from analyzer.errors import AnalyzerError
from analyzer.types import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
#: Shares of the train split; each step is a doubling.
SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
#: With and without the word lists: they were written with this corpus in view, the letters and words alone show what the rows bring.
VARIANTS = {"all features": {}, "n-grams only": {"cues": False}}


def take(contracts: Sequence[Contract], share: float) -> list[Contract]:
    """Return the first families of each language, by hash, until they hold their share of its contracts."""
    families: dict[str, dict[str, list[Contract]]] = {language: defaultdict(list) for language in LANGUAGES}
    for contract in contracts:
        families[contract.language][contract.family].append(contract)
    taken: list[Contract] = []
    for members in families.values():
        wanted = math.ceil(share * sum(len(group) for group in members.values()))
        for name in sorted(members, key=lambda name: hashlib.sha256(name.encode()).digest()):
            if wanted <= 0:
                break
            taken += members[name]
            wanted -= len(members[name])
    return taken


def rows_of(contracts: Sequence[Contract]) -> list[LabelledRow]:
    """Make training rows of contracts."""
    rows: list[LabelledRow] = load_rows(
        [{**row, "doc": c.id, "family": c.header.get("family", ""), "language": c.language} for c in contracts for row in c.rows]
    )
    return rows


def score(model: Any, rows: Sequence[LabelledRow]) -> Scores:
    """Score a model on rows with their neighbours."""
    predicted = [[label.category for label in labels] for labels in model.classify(link_rows(rows))]
    return score_labels([row.labels for row in rows], predicted, languages=[row.language for row in rows])


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "contracts")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    contracts = read_contracts(options.data)
    train = [contract for contract in contracts if contract.header["split"] == "train"]
    sets = {"test split": rows_of([contract for contract in contracts if contract.header["split"] == "test"])}
    if options.real.is_dir():
        sets["real contracts"] = load_rows(options.real)
    points: list[tuple[str, int, int, dict[str, Scores]]] = []
    for variant, arguments in VARIANTS.items():
        for share in SHARES:
            begin = time.perf_counter()
            part = take(train, share)
            rows = rows_of(part)
            model = train_model(rows, seed=0, **arguments).model
            scores = {name: score(model, held) for name, held in sets.items()}
            points.append((variant, len(part), len(rows), scores))
            told = ", ".join(f"{name} {s.micro:.3f}/{s.macro:.3f}" for name, s in scores.items())
            print(f"{variant}: {len(part)} contracts, {len(rows)} rows: {told} ({time.perf_counter() - begin:.0f} s)", flush=True)
    (options.out / "learning-curve.md").write_text(render(points, list(sets)), encoding="utf-8")
    draw(points, list(sets), options.out / "learning-curve.png")
    return 0


def render(points: Sequence[tuple[str, int, int, dict[str, Scores]]], sets: Sequence[str]) -> str:
    """Return the tables as Markdown."""
    out = ["Micro-F1 / macro-F1 by number of training contracts (the train split only; the shipped model is trained on all splits).\n\n"]
    out.append(
        "| features | contracts | rows | " + " | ".join(sets) + " | " + " | ".join(f"{sets[-1]}, {name}" for name in LANGUAGES) + " |\n"
    )
    out.append("|---" * (3 + len(sets) + len(LANGUAGES)) + "|\n")
    for variant, contracts, rows, scores in points:
        cells = [f"{scores[name].micro:.3f} / {scores[name].macro:.3f}" for name in sets]
        languages = {name: f"{micro:.3f}" for name, micro, _ in scores[sets[-1]].languages}
        out.append(f"| {variant} | {contracts} | {rows} | " + " | ".join(cells + [languages.get(name, "") for name in LANGUAGES]) + " |\n")
    half, full = ({s.category: s for s in points[i][3][sets[-1]].categories} for i in (len(SHARES) - 2, len(SHARES) - 1))
    gains = sorted(
        ((full[name].f1 - half[name].f1, name) for name in full if name in half and full[name].support >= 20), key=lambda pair: -pair[0]
    )
    out.append(
        f"\nWhat the last doubling brought on {sets[-1]}, for categories with 20 rows or more there (all features):\n\n| category | half | all | gain |\n"
    )
    out.append("|---|---|---|---|\n")
    out += [f"| `{name}` | {half[name].f1:.2f} | {full[name].f1:.2f} | {gain:+.2f} |\n" for gain, name in gains]
    return "".join(out)


def draw(points: Sequence[tuple[str, int, int, dict[str, Scores]]], sets: Sequence[str], path: Path) -> None:
    """Draw micro- and macro-F1 over the number of contracts, on a logarithmic axis."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.ticker import ScalarFormatter

    figure, axes = pyplot.subplots(1, len(sets), figsize=(4.8 * len(sets), 3.8), sharey=True, layout="constrained")
    for axis, name in zip(axes if len(sets) > 1 else [axes], sets, strict=True):
        for variant, colour in zip(VARIANTS, ("#1b4d8f", "#c2571a"), strict=True):
            part = [(contracts, scores[name]) for v, contracts, _, scores in points if v == variant]
            x = [contracts for contracts, _ in part]
            axis.plot(x, [s.micro for _, s in part], "o-", color=colour, label=f"{variant}, micro-F1")
            axis.plot(x, [s.macro for _, s in part], "o--", color=colour, label=f"{variant}, macro-F1", mfc="white")
        axis.set_xscale("log", base=2)
        axis.set_xticks(x)
        axis.xaxis.set_major_formatter(ScalarFormatter())
        axis.minorticks_off()
        axis.set_title(name)
        axis.set_xlabel("training contracts")
        axis.grid(alpha=0.3)
    figure.axes[0].set_ylabel("F1")
    figure.axes[0].legend(fontsize=8)
    figure.savefig(path, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AnalyzerError as error:
        sys.exit(f"{error}")
