from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.datasets import (
    FORMATS,
    check_contracts,
    describe_contracts,
    read_contract,
    read_contracts,
    read_labelled,
    write_contract,
    write_labelled,
)
from analyzer.datasets.check import check_shares, find_near_duplicates
from analyzer.datasets.native import Contract
from analyzer.datasets.stats import render_stats
from analyzer.errors import DataError

ROWS = [
    {"id": "fr-900:0000", "text": "5 Temps de réaction", "labels": ["reaction_time"], "risks": [], "heading": [], "kind": "heading"},
    {"id": "fr-900:0001", "text": 'Réaction "rapide", 4 h; dans les meilleurs délais', "labels": ["reaction_time", "availability"],
     "risks": ["vague_commitment"], "safe": ["slow_reaction"], "heading": ["5 Temps de réaction"], "kind": "sentence", "noise": ["ocr", "wrap"]},
    {"id": "fr-900:0002", "text": "=SUM(A1)", "labels": ["other"], "risks": [], "heading": ["5 Temps de réaction"], "kind": "list_item"},
]  # fmt: skip
HEADER = {"kind": "sla", "provider": "dealer", "style": "plain", "side": "provider", "country": "CH", "split": "train"}


def make_contract(**changes: Any) -> Contract:
    rows = tuple({**row, **changes} if i == 1 else dict(row) for i, row in enumerate(ROWS))
    return Contract("fr-900", "fr", dict(HEADER), rows)


@pytest.mark.parametrize("format", FORMATS)
def test_round_trip_loses_nothing(format: str, tmp_path: Path) -> None:
    rows = [{**row, "language": "fr", "family": "dealer"} for row in ROWS]
    first, second = tmp_path / "a", tmp_path / "b"
    suffix = {"csv": ".csv", "docbin": ".spacy", "labelstudio": ".json"}.get(format, ".jsonl")
    write_labelled(rows, first.with_suffix(suffix), format=format)
    back = read_labelled(first.with_suffix(suffix))
    for before, after in zip(rows, back, strict=True):
        assert {key: after[key] for key in before} == before
        assert after["doc"] == "fr-900"
    write_labelled(back, second.with_suffix(suffix), format=format)
    assert first.with_suffix(suffix).read_bytes() == second.with_suffix(suffix).read_bytes()


def test_native_contract_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "fr-900.jsonl"
    write_contract(make_contract(), path)
    before = path.read_bytes()
    contract = read_contract(path)
    assert (contract.id, contract.language, contract.lines) == ("fr-900", "fr", (2, 3, 4))
    write_contract(contract, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": ["reaction"]}, "unknown category 'reaction'"),
        ({"labels": ["other", "fees"]}, "other stands with another label"),
        ({"labels": []}, "no labels"),
        ({"risks": ["doom"]}, "unknown risk 'doom'"),
        ({"safe": ["doom"]}, "unknown risk 'doom' marked safe"),
        ({"safe": ["vague_commitment"]}, "both a risk and safe"),
        ({"noise": ["blur"]}, "unknown noise 'blur'"),
        ({"id": "fr-900:0000"}, "also stands in"),
        ({"id": "x"}, "is not fr-900:NNNN"),
        ({"text": " a "}, "surrounding space"),
        ({"kind": "poem"}, "unknown kind"),
        ({"heading": ["9 Nowhere"]}, "is no heading row above"),
    ],
)
def test_check_names_file_and_line(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "fr-900.jsonl"
    write_contract(make_contract(**changes), path)
    faults = [str(fault) for fault in check_contracts([read_contract(path)])]
    assert any(f"{path}:3" in fault and message in fault for fault in faults), faults
    write_contract(make_contract(), path)
    assert check_contracts([read_contract(path)]) == []


def test_near_duplicates_are_found_across_contracts_only() -> None:
    text = "Le prestataire intervient sur place dans les locaux du client dans les quatre heures ouvrées après l'annonce de la panne par téléphone."
    first, second = make_contract(text=text), make_contract(text=text.replace("quatre", "six"))
    assert find_near_duplicates([first]) == []
    twin = Contract("fr-901", "fr", second.header, tuple({**row, "id": row["id"].replace("900", "901")} for row in second.rows))
    ((copy, original, similarity),) = find_near_duplicates([first, twin])
    assert (copy, original) == ("fr-901:0001", "fr-900:0001") and similarity > 0.6


def test_stats_count() -> None:
    stats = describe_contracts([make_contract()])
    assert stats["rows"]["fr"] == 3 and stats["categories"]["reaction_time"]["fr"] == 2 and stats["risks"]["vague_commitment"]["fr"] == 1
    assert (
        stats["safe"]["slow_reaction"]["fr"] == 1
        and stats["noise"]["ocr"]["fr"] == 1
        and stats["splits"] == {"train": {"contracts": 1, "rows": 3}}
    )
    text = render_stats(stats)
    assert "| `reaction_time` | 2 | 0 | 0 | 0 | 2 |" in text and "| `slow_reaction` | 0 / 1 | 0 / 0 | 0 / 0 | 0 / 0 | 0 / 1 |" in text
    assert "blank_fields" not in stats["risks"], "found on whole documents, never on a row"


def test_corpus_as_a_whole() -> None:
    contract = make_contract()
    assert [fault.message[:16] for fault in check_shares([contract])] == ["marked as noisy:"]
    assert check_shares([contract], max_noise=0.5) == []
    relatives = [
        Contract(f"fr-90{i}", "fr", {**HEADER, "family": "dealer", "split": split}, ()) for i, split in enumerate(("train", "test"))
    ]
    (fault,) = check_contracts(relatives)
    assert "family 'dealer' is in two splits (see fr-900)" in fault.message


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", '{"text": "x"}\n', r"a\.jsonl:1: no labels"),
        ("a.jsonl", '{"text": "x", "labels": []}\n{oops\n', r"a\.jsonl:2: not JSON"),
        ("a.jsonl", "[1]\n", r"a\.jsonl:1: not a JSON object"),
        ("a.csv", "words,tags\nx,y\n", r"a\.csv:1: the columns text and labels"),
        ("a.json", "{}", "not a list of Label Studio"),
        ("a.json", '[{"data": {}, "annotations": [{"result": [{"type": "choices"}]}]}]', "task 1"),
        ("a.spacy", "no docbin", "not a spaCy DocBin"),
    ],
)
def test_faulty_files_are_named(name: str, content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=message):
        read_labelled(tmp_path / name)


def test_other_tools_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "prodigy.jsonl").write_text(
        '{"text": "a", "cats": {"fees": 0.9, "term": 0.1}, "answer": "accept"}\n{"text": "b", "accept": ["term"], "answer": "accept"}\n'
        '{"text": "c", "accept": ["fees"], "answer": "reject"}\n'
    )
    (tmp_path / "doccano.jsonl").write_text('{"id": 1, "text": "d", "label": ["fees", "term"]}\n')
    (tmp_path / "semicolon.csv").write_text('text;label\n"e; f";fees\n', encoding="utf-8-sig")
    assert [row["labels"] for row in read_labelled(tmp_path / "prodigy.jsonl")] == [["fees"], ["term"]]
    assert read_labelled(tmp_path / "doccano.jsonl")[0]["labels"] == ["fees", "term"]
    assert (read_labelled(tmp_path / "semicolon.csv")[0]["text"], read_labelled(tmp_path / "semicolon.csv")[0]["labels"]) == (
        "e; f",
        ["fees"],
    )
    assert len(read_labelled(tmp_path)) == 4


def test_unknown_things_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        read_labelled(tmp_path / "no.jsonl")
    with pytest.raises(DataError, match="known: native"):
        write_labelled(ROWS, tmp_path / "x", format="excel")
    with pytest.raises(DataError, match="No labelled files"):
        read_labelled(tmp_path)
    (tmp_path / "x.jsonl").write_text(json.dumps({"text": "no header"}) + "\n")
    with pytest.raises(DataError, match="no header"):
        read_contract(tmp_path / "x.jsonl")
    with pytest.raises(DataError, match="No contract files"):
        read_contracts(tmp_path / "nowhere")
