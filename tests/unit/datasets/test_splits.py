from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.datasets import assign_splits
from analyzer.datasets.native import Contract


def make(
    number: int, *, language: str = "fr", family: str = "", labels: tuple[str, ...] = ("fees",), split: str = "", rows: int = 20
) -> Contract:
    header = {"kind": "sla"} | ({"family": family} if family else {}) | ({"split": split} if split else {})
    content = tuple({"id": f"{number}:{i}", "text": "x", "labels": [labels[i % len(labels)]], "risks": []} for i in range(rows))
    return Contract(f"{language}-{number:03d}", language, header, content)


def splits(contracts: list[Contract]) -> list[str]:
    return [contract.header["split"] for contract in contracts]


def test_shares_are_met_in_every_language_and_category() -> None:
    contracts = [
        make(i, language=language, labels=("fees", "audit") if i % 5 == 0 else ("fees",)) for language in ("fr", "de") for i in range(40)
    ]
    dealt = assign_splits(contracts)
    for language in ("fr", "de"):
        counts = Counter(c.header["split"] for c in dealt if c.language == language)
        assert counts == {"train": 28, "validation": 6, "test": 6}
        rare = Counter(c.header["split"] for c in dealt if c.language == language and any("audit" in row["labels"] for row in c.rows))
        assert rare["test"] >= 1 and rare["validation"] >= 1 and rare["train"] >= 4


def test_families_stay_together_across_languages() -> None:
    contracts = [make(i, language="fr" if i % 2 else "de", family=f"f{i // 4}") for i in range(40)]
    by_family: dict[str, set[str]] = {}
    for contract in assign_splits(contracts):
        by_family.setdefault(contract.family, set()).add(contract.header["split"])
    assert all(len(sides) == 1 for sides in by_family.values())


def test_known_splits_are_kept_and_draw_their_family_after_them() -> None:
    contracts = [make(0, family="a", split="test"), make(1, family="a"), *(make(i) for i in range(2, 20))]
    kept = assign_splits(contracts)
    assert splits(kept)[:2] == ["test", "test"]
    assert splits(assign_splits(kept)) == splits(kept), "nothing changes the second time"
    assert set(splits(assign_splits(kept, keep=False))) == {"train", "validation", "test"}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["fr", "it"]), st.integers(0, 6), st.sampled_from(["fees", "audit", "term"])), min_size=1, max_size=30
    )
)
def test_every_contract_gets_one_side_whatever_the_order(items: list[tuple[str, int, str]]) -> None:
    contracts = [make(i, language=language, family=f"f{family}", labels=(label,)) for i, (language, family, label) in enumerate(items)]
    dealt = assign_splits(contracts)
    assert all(split in ("train", "validation", "test") for split in splits(dealt))
    backwards = assign_splits(contracts[::-1])[::-1]
    assert splits(backwards) == splits(dealt)
