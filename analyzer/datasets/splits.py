"""Train, validation and test, by provider family, alike in language, kind, categories and risks."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.datasets.native import Contract

SHARES: Mapping[str, float] = {"train": 0.7, "validation": 0.15, "test": 0.15}


def assign_splits(contracts: Sequence[Contract], *, shares: Mapping[str, float] = SHARES, keep: bool = True) -> list[Contract]:
    """Return the contracts with a `split` in each header.

    All contracts of a family go to one side. Families are placed one after the other, those with the rarest material first, where the sides stay closest to their shares in
    every language of: rows, kinds of contract, categories, risks (iterative stratification, after Sechidis, Tsoumakas and Vlahavas 2011, with groups in place of rows).
    The same contracts always give the same splits.

    Parameters
    ----------
    contracts : sequence of Contract
    shares : mapping, default train 0.7, validation 0.15, test 0.15
    keep : bool, default=True
        Leave contracts that have a split where they are (and what belongs to their family beside them); False deals all of them anew.
    """
    families: dict[tuple[str, str], list[Contract]] = defaultdict(list)
    for contract in contracts:
        families[("" if contract.header.get("family") else contract.language, contract.family)].append(contract)
    material = {key: _material(members) for key, members in families.items()}
    total: Counter[str] = Counter()
    for counts in material.values():
        total.update(counts)
    placed: dict[str, Counter[str]] = {name: Counter() for name in shares}
    chosen: dict[tuple[str, str], str] = {}

    def place(key: tuple[str, str], name: str) -> None:
        chosen[key] = name
        placed[name].update(material[key])

    if keep:
        for key, members in families.items():
            known = [str(member.header["split"]) for member in members if member.header.get("split") in shares]
            if known:
                place(key, known[0])

    def rarity(key: tuple[str, str]) -> tuple[float, bytes]:
        rarest = max(count / total[name] for name, count in material[key].items())
        return (-rarest, hashlib.sha256("/".join(key).encode()).digest())

    for key in sorted((key for key in families if key not in chosen), key=rarity):
        place(key, min(shares, key=lambda name: (_strain(material[key], placed[name], total, shares[name]), -shares[name])))
    by_contract = {id(member): chosen[key] for key, members in families.items() for member in members}
    return [replace(contract, header={**contract.header, "split": by_contract[id(contract)]}) for contract in contracts]


def _material(members: Sequence[Contract]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for contract in members:
        counts[f"{contract.language} kind {contract.header.get('kind')}"] += 1
        counts[f"{contract.language} contracts"] += 1
        for row in contract.rows:
            counts.update(f"{contract.language} {label}" for label in row["labels"])
            counts.update(f"risk {risk}" for risk in row.get("risks", ()))
    return counts


def _strain(counts: Counter[str], placed: Counter[str], total: Counter[str], share: float) -> float:
    """How much fuller than its share a side gets, added up over the material in proportion to how much of it there is in all."""
    return sum(((placed[name] + count) / (total[name] * share)) * (count / total[name]) for name, count in counts.items())
