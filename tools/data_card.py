"""Rewrite the measured parts of `data/README.md` and `docs/public-corpora.md` (make card).

Between `<!-- counts -->` and `<!-- /counts -->` stand the counts of `data stats`, between the marks of `agreement` and `quantities` those of their commands, and between
the marks of `curve` the tables of the last learning curve.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from analyzer.datasets import describe_contracts, read_contracts
from analyzer.datasets.agreement import measure_agreement, read_double_labels, render_agreement
from analyzer.datasets.corpora import render_map
from analyzer.datasets.native import write_atomically
from analyzer.datasets.quantities import count_quantities, read_quantities
from analyzer.datasets.stats import render_stats
from analyzer.errors import AnalyzerError

ROOT = Path(__file__).resolve().parents[1]


def measured_parts() -> dict[str, str]:
    """Return the parts of the data card that are made from files, by the name of their marks."""
    double = read_double_labels(ROOT / "data" / "agreement")
    agreement = render_agreement(measure_agreement([row["first"] for row in double], [row["second"] for row in double]))
    return {
        "counts": render_stats(describe_contracts(read_contracts(ROOT / "data" / "contracts"))),
        "agreement": f"{len(double)} rows labelled twice.\n\n{agreement}",
        "quantities": count_quantities(read_quantities(ROOT / "data" / "quantities")),
        "curve": (ROOT / "docs" / "learning-curve.md").read_text(encoding="utf-8"),
    }


def fill(card: str, parts: dict[str, str]) -> str:
    """Put the parts between their marks.

    Raises
    ------
    AnalyzerError
        The card lacks the marks of a part.
    """
    for name, text in parts.items():
        card, count = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda match, text=text: f"{match[1]}{text}{match[2]}", card, flags=re.S
        )
        if count != 1:
            raise AnalyzerError(f"data/README.md has no place for {name}", hint=f"<!-- {name} --> and <!-- /{name} -->")
    return card


def main() -> int:
    """Rewrite both files."""
    path = ROOT / "data" / "README.md"
    try:
        card = fill(path.read_text(encoding="utf-8"), measured_parts())
        write_atomically(path, card.encode())
        write_atomically(ROOT / "docs" / "public-corpora.md", render_map().encode())
    except AnalyzerError as error:
        print(error, file=sys.stderr)
        return 1
    print("data/README.md, docs/public-corpora.md")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
