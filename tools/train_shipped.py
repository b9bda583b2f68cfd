"""Rebuild the shipped model from `data/contracts` (make train)."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from analyzer._version import __version__
from analyzer.api import load_rows
from analyzer.classification.persistence import save_model
from analyzer.classification.training import train_model
from analyzer.errors import AnalyzerError

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Train, save under `models/clauses/<version>` and print the scores."""
    begin = time.perf_counter()
    try:
        training = train_model(
            load_rows(ROOT / "data" / "contracts"), seed=0, progress=lambda stage, share: print(f"{stage}: {share:.0%}", flush=True)
        )
        folder = ROOT / "models" / "clauses" / __version__
        save_model(training, folder, seed=0)
    except AnalyzerError as error:
        print(error, file=sys.stderr)
        return 1
    size = (folder / "model.joblib").stat().st_size / 1e6
    scores = training.scores
    print(
        f"{folder.relative_to(ROOT)}: micro-F1 {scores.micro:.3f}, macro-F1 {scores.macro:.3f} (cross-validation), "
        f"{size:.1f} MB, {time.perf_counter() - begin:.0f} s"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
