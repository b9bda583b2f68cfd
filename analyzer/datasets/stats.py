"""Counts of the labelled data: by language, category, risk, split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from analyzer.assessment import load_catalogue
from analyzer.datasets.check import find_near_duplicates
from analyzer.datasets.native import NOISE, Contract
from analyzer.types import LANGUAGES


def describe_contracts(contracts: Sequence[Contract]) -> dict[str, Any]:
    """Return counts as plain data."""
    catalogue = load_catalogue()
    categories: dict[str, Counter[str]] = {
        name: Counter() for name in [*catalogue.categories, *(["other"] if "other" not in catalogue.categories else [])]
    }
    # Absences and combinations are found on whole documents, so no row carries them.
    risks: dict[str, Counter[str]] = {name: Counter() for name, risk in catalogue.risks.items() if risk.check is None}
    safe: dict[str, Counter[str]] = {name: Counter() for name in risks}
    noise: dict[str, Counter[str]] = {name: Counter() for name in NOISE}
    rows: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    headers: dict[str, Counter[str]] = {name: Counter() for name in ("kind", "side", "country")}
    kinds: Counter[str] = Counter()
    splits: dict[str, Counter[str]] = {}
    families: set[str] = set()
    labels = several = noisy = 0
    for contract in contracts:
        documents[contract.language] += 1
        families.add(contract.family)
        split = splits.setdefault(str(contract.header.get("split")), Counter())
        split["contracts"] += 1
        split["rows"] += len(contract.rows)
        for name, counts in headers.items():
            counts[str(contract.header.get(name))] += 1
        for row in contract.rows:
            rows[contract.language] += 1
            kinds[row["kind"]] += 1
            labels += len(row["labels"])
            several += len(row["labels"]) > 1
            noisy += bool(row.get("noise"))
            for where, found in ((categories, row["labels"]), (risks, row.get("risks", ())), (safe, row.get("safe", ()))):
                for name in found:
                    where.setdefault(name, Counter())[contract.language] += 1
            for tag in row.get("noise", ()):
                noise.setdefault(tag, Counter())[contract.language] += 1
    total = sum(rows.values())

    def share(count: int) -> float:
        return round(count / total, 4) if total else 0.0

    def by_language(counts: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
        return {name: {language: found[language] for language in LANGUAGES} for name, found in counts.items()}

    return {
        "contracts": {**{language: documents[language] for language in LANGUAGES}, "all": len(contracts)},
        "rows": {**{language: rows[language] for language in LANGUAGES}, "all": total},
        "families": len(families),
        "splits": {name: dict(counts) for name, counts in sorted(splits.items())},
        "kinds": dict(kinds.most_common()),
        "headers": {name: dict(counts.most_common()) for name, counts in headers.items()},
        "labels_per_row": round(labels / total, 3) if total else 0.0,
        "rows_with_several_labels": share(several),
        "other": share(sum(categories.get("other", Counter()).values())),
        "noisy": share(noisy),
        "near_duplicates": share(len(find_near_duplicates(contracts))),
        "categories": by_language(categories),
        "risks": by_language(risks),
        "safe": by_language(safe),
        "noise": by_language(noise),
    }


def render_stats(stats: dict[str, Any]) -> str:
    """Return the counts as Markdown tables."""
    head = "| | " + " | ".join(LANGUAGES) + " | all |\n" + "|---" * (len(LANGUAGES) + 2) + "|\n"
    out = [head]
    for name in ("contracts", "rows"):
        out.append(f"| {name} | " + " | ".join(str(stats[name][language]) for language in LANGUAGES) + f" | {stats[name]['all']} |\n")
    out.append("\n| split | contracts | rows |\n|---|---|---|\n")
    out += [f"| {name} | {counts['contracts']} | {counts['rows']} |\n" for name, counts in stats["splits"].items()]
    rows = ", ".join(f"{name} {count}" for name, count in stats["kinds"].items())
    out.append(
        f"\nProvider families: {stats['families']}. Rows by kind: {rows}. Labels a row {stats['labels_per_row']}; rows with several labels "
    )
    out.append(f"{stats['rows_with_several_labels']:.1%}; `other` {stats['other']:.1%}; noisy {stats['noisy']:.1%}; ")
    out.append(f"near-duplicates {stats['near_duplicates']:.2%}.\n")
    for part, title in (("categories", "category"), ("noise", "noise")):
        out.append(f"\n| {title} |{head[3:]}")
        for name, counts in stats[part].items():
            numbers = [counts[language] for language in LANGUAGES]
            out.append(f"| `{name}` | " + " | ".join(map(str, numbers)) + f" | {sum(numbers)} |\n")
    out.append("\nRisky rows / rows that settle the same matter fairly:\n")
    out.append(f"\n| risk |{head[3:]}")
    for name, counts in stats["risks"].items():
        fair = stats["safe"].get(name, {})
        pairs = [(counts[language], fair.get(language, 0)) for language in LANGUAGES]
        cells = [f"{risky} / {good}" for risky, good in [*pairs, (sum(a for a, _ in pairs), sum(b for _, b in pairs))]]
        out.append(f"| `{name}` | " + " | ".join(cells) + " |\n")
    return "".join(out)
