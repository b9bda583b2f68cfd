"""Counts of the labelled data: by language, category, risk, split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from analyzer.assessment import load_catalogue
from analyzer.datasets.check import find_near_duplicates
from analyzer.datasets.native import Contract
from analyzer.types import LANGUAGES


def describe_contracts(contracts: Sequence[Contract]) -> dict[str, Any]:
    """Return counts as plain data."""
    catalogue = load_catalogue()
    categories: dict[str, Counter[str]] = {
        name: Counter() for name in [*catalogue.categories, *(["other"] if "other" not in catalogue.categories else [])]
    }
    risks: dict[str, Counter[str]] = {name: Counter() for name in catalogue.risks}
    rows: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    splits: Counter[str] = Counter()
    labels = several = 0
    for contract in contracts:
        documents[contract.language] += 1
        splits[str(contract.header.get("split"))] += 1
        for row in contract.rows:
            rows[contract.language] += 1
            kinds[row["kind"]] += 1
            labels += len(row["labels"])
            several += len(row["labels"]) > 1
            for label in row["labels"]:
                categories.setdefault(label, Counter())[contract.language] += 1
            for risk in row.get("risks", ()):
                risks.setdefault(risk, Counter())[contract.language] += 1
    total = sum(rows.values())
    return {
        "contracts": {**{language: documents[language] for language in LANGUAGES}, "all": len(contracts)},
        "rows": {**{language: rows[language] for language in LANGUAGES}, "all": total},
        "splits": dict(sorted(splits.items())),
        "kinds": dict(kinds.most_common()),
        "labels_per_row": round(labels / total, 3) if total else 0.0,
        "rows_with_several_labels": round(several / total, 4) if total else 0.0,
        "near_duplicates": round(len(find_near_duplicates(contracts)) / total, 4) if total else 0.0,
        "categories": {name: {language: counts[language] for language in LANGUAGES} for name, counts in categories.items()},
        "risks": {name: {language: counts[language] for language in LANGUAGES} for name, counts in risks.items()},
    }


def render_stats(stats: dict[str, Any]) -> str:
    """Return the counts as Markdown tables."""
    head = "| | " + " | ".join(LANGUAGES) + " | all |\n" + "|---" * (len(LANGUAGES) + 2) + "|\n"
    out = [head]
    for name in ("contracts", "rows"):
        out.append(f"| {name} | " + " | ".join(str(stats[name][language]) for language in LANGUAGES) + f" | {stats[name]['all']} |\n")
    out.append(f"\nSplits: {stats['splits']}; kinds: {stats['kinds']}; labels a row {stats['labels_per_row']}; rows with several labels ")
    out.append(f"{stats['rows_with_several_labels']:.1%}; near-duplicates {stats['near_duplicates']:.2%}.\n")
    for part in ("categories", "risks"):
        out.append(f"\n{head}")
        for name, counts in stats[part].items():
            numbers = [counts[language] for language in LANGUAGES]
            out.append(f"| `{name}` | " + " | ".join(map(str, numbers)) + f" | {sum(numbers)} |\n")
    return "".join(out)
