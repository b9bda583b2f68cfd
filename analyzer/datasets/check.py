"""What can be wrong with labelled contracts, each fault with file and line."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.assessment import load_catalogue
from analyzer.datasets.native import NOISE, Contract
from analyzer.types import LANGUAGES, SentenceKind

SPLITS = ("train", "validation", "test")
#: Two sentences of different contracts that share more of their word 3-grams than this are near-duplicates (Jaccard).
NEAR_DUPLICATE = 0.6
#: How much of a corpus may be near-duplicates, and how much marked as noisy.
MAX_NEAR_DUPLICATES = 0.02
MAX_NOISE = 0.15
_WORD = re.compile(r"\w+")
#: Texts with fewer 3-grams than this are too short to call copies.
_MIN_GRAMS = 4


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault with its place."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def check_contracts(contracts: Sequence[Contract]) -> list[Fault]:
    """Return all faults: unknown ids, doubled row ids, `other` beside labels, broken heading paths, missing headers, families in two splits."""
    catalogue = load_catalogue()
    categories, risks = set(catalogue.categories) | {"other"}, set(catalogue.risks)
    kinds = {kind.value for kind in SentenceKind}
    faults: list[Fault] = []
    seen: dict[str, str] = {}
    sides: dict[str, tuple[str, str]] = {}
    for contract in contracts:
        name = str(contract.path or contract.id)
        split, first = sides.setdefault(contract.family, (str(contract.header.get("split")), contract.id))
        if split != str(contract.header.get("split")):
            faults.append(Fault(f"{name}:1", f"family {contract.family!r} is in two splits (see {first})"))
        if contract.language not in LANGUAGES:
            faults.append(Fault(f"{name}:1", f"unknown language {contract.language!r}"))
        if contract.header.get("split") not in SPLITS:
            faults.append(Fault(f"{name}:1", f"unknown split {contract.header.get('split')!r}"))
        for key in ("kind", "provider", "style", "side", "country"):
            if not contract.header.get(key):
                faults.append(Fault(f"{name}:1", f"the header has no {key}"))
        if contract.path is not None and contract.path.stem != contract.id:
            faults.append(Fault(f"{name}:1", f"contract {contract.id!r} in a file of another name"))
        headings: list[str] = []
        for row, number in zip(contract.rows, contract.lines or range(2, len(contract.rows) + 2), strict=True):
            place = f"{name}:{number}"
            identifier = str(row.get("id", ""))
            if not re.fullmatch(re.escape(contract.id) + r":\d{4}", identifier):
                faults.append(Fault(place, f"id {identifier!r} is not {contract.id}:NNNN"))
            if identifier in seen:
                faults.append(Fault(place, f"id {identifier!r} also stands in {seen[identifier]}"))
            seen[identifier] = place
            text, labels = row.get("text"), row.get("labels")
            if not isinstance(text, str) or not text.strip() or "\n" in text or text != text.strip():
                faults.append(Fault(place, "text is empty, has line breaks or surrounding space"))
            if not isinstance(labels, list) or not labels:
                faults.append(Fault(place, "no labels (other is one)"))
                labels = []
            faults += [Fault(place, f"unknown category {label!r}") for label in labels if label not in categories]
            if "other" in labels and len(labels) > 1:
                faults.append(Fault(place, "other stands with another label"))
            if len(set(labels)) < len(labels):
                faults.append(Fault(place, "a label stands twice"))
            faults += [Fault(place, f"unknown risk {risk!r}") for risk in row.get("risks", ()) if risk not in risks]
            safe = row.get("safe", ())
            faults += [Fault(place, f"unknown risk {risk!r} marked safe") for risk in safe if risk not in risks]
            faults += [Fault(place, f"{risk!r} is both a risk and safe") for risk in safe if risk in row.get("risks", ())]
            faults += [Fault(place, f"unknown noise {tag!r}") for tag in row.get("noise", ()) if tag not in NOISE]
            if row.get("kind") not in kinds:
                faults.append(Fault(place, f"unknown kind {row.get('kind')!r}"))
            for title in row.get("heading", ()):
                if title not in headings:
                    faults.append(Fault(place, f"heading {title[:40]!r} is no heading row above"))
            if row.get("kind") == "heading":
                headings.append(str(text))
    return faults


def check_shares(
    contracts: Sequence[Contract], *, max_near_duplicates: float = MAX_NEAR_DUPLICATES, max_noise: float = MAX_NOISE
) -> list[Fault]:
    """Return what is wrong with a corpus as a whole: too many near-duplicates or too much noise."""
    rows = sum(len(contract.rows) for contract in contracts) or 1
    copies = len(find_near_duplicates(contracts)) / rows
    noisy = sum(bool(row.get("noise")) for contract in contracts for row in contract.rows) / rows
    return [
        Fault("corpus", f"{what}: {share:.1%} of the rows, over {most:.0%}")
        for what, share, most in (("near-duplicates", copies, max_near_duplicates), ("marked as noisy", noisy, max_noise))
        if share > most
    ]


def find_near_duplicates(contracts: Sequence[Contract]) -> list[tuple[str, str, float]]:
    """Return (row id, row id of another contract, similarity) for each row that nearly repeats an earlier one of the same language."""
    found: list[tuple[str, str, float]] = []
    for language in LANGUAGES:
        rows: list[tuple[str, str, frozenset[tuple[str, ...]]]] = []
        holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for contract in contracts:
            if contract.language != language:
                continue
            for row in contract.rows:
                words = _WORD.findall(row["text"].lower())
                grams = frozenset(tuple(words[i : i + 3]) for i in range(len(words) - 2))
                if len(grams) < _MIN_GRAMS:
                    continue
                shared: Counter[int] = Counter(index for gram in grams for index in holders[gram])
                for index, count in shared.most_common(5):
                    identifier, owner, other = rows[index]
                    similarity = count / len(grams | other)
                    if owner != contract.id and similarity > NEAR_DUPLICATE:
                        found.append((row["id"], identifier, similarity))
                        break
                for gram in grams:
                    holders[gram].append(len(rows))
                rows.append((row["id"], contract.id, grams))
    return found
