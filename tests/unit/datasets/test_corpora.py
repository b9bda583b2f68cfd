"""Public corpora in the forms in which they are published, with invented content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.assessment import load_catalogue
from analyzer.datasets import CORPORA, read_corpus
from analyzer.datasets.corpora import render_map
from analyzer.errors import DataError
from analyzer.resources import read_toml

CONTEXT = "SUPPORT AGREEMENT\nThis Agreement is governed by the laws of Ohio. Fees are due in 30 days.\nEither party may end it for\nconvenience. The Supplier's liability is capped at $5,000."


def answer(text: str) -> dict[str, Any]:
    return {"text": text, "answer_start": CONTEXT.index(text)}


def write_cuad(path: Path) -> Path:
    questions = [
        {"id": "ACME-2020__Governing Law", "answers": [answer("governed by the laws of Ohio")]},
        {"id": "ACME-2020__Termination For Convenience", "answers": [answer("end it for\nconvenience")]},
        {"id": "ACME-2020__Cap On Liability", "answers": [answer("The Supplier's liability is capped at $5,000.")]},
        {"id": "ACME-2020__Insurance", "answers": [], "is_impossible": True},
    ]
    content = {"version": "aok_v1.0", "data": [{"title": "ACME-2020", "paragraphs": [{"context": CONTEXT, "qas": questions}]}]}
    path.write_text(json.dumps(content))
    return path


def test_cuad(tmp_path: Path) -> None:
    path = write_cuad(tmp_path / "CUAD_v1.json")
    mapped = [(row["text"], row["labels"]) for row in read_corpus(path, "cuad")]
    assert mapped == [
        ("This Agreement is governed by the laws of Ohio.", ["governing_law"]),
        ("Either party may end it for", ["termination"]),
        ("convenience.", ["termination"]),
        ("The Supplier's liability is capped at $5,000.", ["liability"]),
    ]
    original = read_corpus(path, "cuad", labels="original")
    assert [row["labels"] for row in original] == [[], ["Governing Law"], [], *[["Termination For Convenience"]] * 2, ["Cap On Liability"]]
    assert {row["doc"] for row in original} == {"ACME-2020"}


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".parquet", ".arrow"])
def test_unfair_tos_in_every_form(suffix: str, tmp_path: Path) -> None:
    records = [
        {"text": "We may change these terms at any time .", "labels": [2]},
        {"text": "We are not liable for any loss .", "labels": [0, 6]},
        {"text": "Welcome .", "labels": []},
        {"text": "We may remove your posts .", "labels": [3]},
    ]
    path = tmp_path / f"test{suffix}"
    write_table(records, path)
    rows = read_corpus(path, "unfair_tos")
    assert [(row["labels"], row["risks"]) for row in rows] == [
        (["contract_amendment"], ["unilateral_amendment"]),
        (["liability", "governing_law"], []),
    ]
    names = [row["labels"] for row in read_corpus(path, "unfair_tos", labels="original")]
    assert names == [["Unilateral change"], ["Limitation of liability", "Jurisdiction"], [], ["Content removal"]]


def write_table(records: list[dict[str, Any]], path: Path) -> None:
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    elif path.suffix == ".json":
        path.write_text(json.dumps(records))
    elif path.suffix == ".csv":
        path.write_text("text,labels\n" + "".join(f'"{r["text"]}","{r["labels"]}"\n' for r in records))
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pylist(records)
        if path.suffix == ".parquet":
            pq.write_table(table, path)
        else:
            with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)


def test_unfair_tos_with_splits_and_names(tmp_path: Path) -> None:
    path = tmp_path / "unfair_toc.jsonl"
    write_table(
        [
            {"company": "A", "data_type": "train", "labels": ["Arbitration"], "text": "Arbitration it is."},
            {"company": "B", "data_type": "val", "labels": ["Jurisdiction"], "text": "Courts of B."},
        ],
        path,
    )
    (row,) = read_corpus(path, "unfair_tos", split="validation")
    assert (row["doc"], row["labels"], "split" in row) == ("B", ["governing_law"], False)
    with pytest.raises(DataError, match="no rows of the split 'test'"):
        read_corpus(path, "unfair_tos", split="test")


def test_unfair_tos_folder(tmp_path: Path) -> None:
    for folder in ("sentences", "Labels_LTD", "Labels_J"):
        (tmp_path / folder).mkdir()
    (tmp_path / "sentences" / "Acme.txt").write_text("no liability -lrb- none -rrb-\nhello\n")
    (tmp_path / "Labels_LTD" / "Acme.txt").write_text("1\n-1\n")
    rows = read_corpus(tmp_path, "unfair_tos", labels="original")
    assert [(row["text"], row["labels"]) for row in rows] == [("no liability ( none )", ["Limitation of liability"]), ("hello", [])]
    (tmp_path / "Labels_J" / "Acme.txt").write_text("1\n")
    with pytest.raises(DataError, match="1 marks for 2 sentences"):
        read_corpus(tmp_path, "unfair_tos")


def test_agb_de(tmp_path: Path) -> None:
    path = tmp_path / "agb.csv"
    path.write_text(
        "id,contract,lang,title,text,topics,subtopics,void\n"
        '1,7,de,5. Haftung ,"Wir haften nur bei Vorsatz, nicht sonst.","liability,delivery",,1.0\n'
        "2,7,de,6. Geltung,Es gelten diese Bedingungen.,applicability,,0.0\n"
        "3,8,de,,Gerichtsstand ist Köln.,placeOfJurisdiction,,0.0\n",
        encoding="utf-8",
    )
    rows = read_corpus(path, "agb_de")
    assert [(row["doc"], row["labels"], row["heading"]) for row in rows] == [
        ("7", ["liability"], ["5. Haftung"]),
        ("8", ["governing_law"], []),
    ]
    assert rows[0]["language"] == "de" and len(read_corpus(path, "agb_de", labels="original")) == 3


def test_ledgar_by_number_and_by_name(tmp_path: Path) -> None:
    write_table([{"text": "Ohio law governs.", "label": 47}, {"text": "Salary is high.", "label": 11}], tmp_path / "a.jsonl")
    assert [row["labels"] for row in read_corpus(tmp_path / "a.jsonl", "ledgar")] == [["governing_law"]]
    write_table([{"provision": "Ohio law governs.", "label": ["Governing Laws", "Notices"], "source": "x.htm"}], tmp_path / "b.jsonl")
    assert [row["labels"] for row in read_corpus(tmp_path / "b.jsonl", "ledgar")] == [["governing_law"]]


@pytest.mark.parametrize(
    ("corpus", "name", "content", "message"),
    [
        ("cuad", "a.json", "[]", "not CUAD in SQuAD form"),
        ("cuad", "a.json", '{"data": [{"title": "T", "paragraphs": [{"context": "x"}]}]}', "contract 'T' is not in SQuAD form"),
        ("cuad", "a.json", "{oops", "not JSON"),
        ("unfair_tos", "a.jsonl", '{"text": "x", "labels": [8]}\n', r"a\.jsonl:1: 8 is no label"),
        ("unfair_tos", "a.jsonl", '{"text": "x", "labels": ["Fees"]}\n', r"a\.jsonl:1: unknown label 'Fees'"),
        ("ledgar", "a.jsonl", '{"label": 1}\n', r"a\.jsonl:1: no text"),
        ("ledgar", "a.jsonl", '{"text": "x"}\n', r"a\.jsonl:1: no labels"),
        ("ledgar", "a.parquet", "nonsense", "cannot be read"),
        ("agb_de", "a.csv", "", "no rows"),
    ],
)
def test_faults_are_named(corpus: str, name: str, content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=message):
        read_corpus(tmp_path / name, corpus)


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="known: cuad"):
        read_corpus(tmp_path, "reuters")
    with pytest.raises(DataError, match="known: mapped"):
        read_corpus(tmp_path, "cuad", labels="both")
    with pytest.raises(DataError, match="No such file"):
        read_corpus(tmp_path / "no.json", "cuad")


def test_map_names_only_what_exists_and_is_documented() -> None:
    catalogue = load_catalogue()
    for corpus in CORPORA:
        about = read_toml("corpora.toml")[corpus]
        for ours in about["labels"].values():
            assert set(ours) <= {*catalogue.categories, "other"}
        for risks in about.get("risks", {}).values():
            assert set(risks) <= set(catalogue.risks)
    document = Path(__file__).parents[3] / "docs" / "public-corpora.md"
    assert document.read_text(encoding="utf-8") == render_map(), "run make card"
