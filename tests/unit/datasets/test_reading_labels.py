"""Files of labelled rows as people have them: read whole, or refused with file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.api import load_rows
from analyzer.datasets import FORMATS, read_labelled, write_labelled
from analyzer.errors import DataError


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"text": "x", "labels": ["a"]}\n{"text": "x", "label": ["a"], "meta": "foo"}', r"a\.jsonl:2: meta"),
        ("a.jsonl", b'{"text": "x", "cats": ["a"]}', r"a\.jsonl:1: cats"),
        ("a.jsonl", b'{"text": "x", "cats": {"a": "yes"}}', r"a\.jsonl:1: cats"),
        ("a.jsonl", b'{"text": "x", "labels": ["a"], "heading": 5}', r"a\.jsonl:1: heading"),
        ("a.jsonl", b'{"text": "x", "labels": ["a"], "heading": {"a": 1}}', r"a\.jsonl:1: heading"),
        ("a.jsonl", b'{"text": "x", "labels": ["a"], "risks": 5}', r"a\.jsonl:1: risks"),
        ("a.jsonl", b'{"text": "x", "labels": ["a"], "weight": NaN}', r"a\.jsonl:1: weight"),
        ("a.jsonl", b'{"text": "x", "labels": []}\n{"text": "\xe9", "labels": []}', r"a\.jsonl:2: not UTF-8"),
        ("a.csv", b"text,labels\nx,a\n\xe9,a\n", r"a\.csv:3: not UTF-8"),
        ("a.csv", b"text,labels\nfoo,a\nbar,b,c,d\n", r"a\.csv:3: 4 cells under 2 columns"),
        ("a.csv", b"text,labels\nfoo,a\nbar\n", r"a\.csv:3: 1 cells under 2 columns"),
        ("a.csv", b'text,labels\n"foo,a\nbar,b\n', r"a\.csv:3: .*quotation"),
        ("a.csv", b"text,text,labels\nfoo,bar,a\n", r"a\.csv:1: two columns are named text"),
        ("a.csv", b"text,labels,heading\nfoo,a," + b"[" * 100_000, r"a\.csv:2: the heading"),
        ("a.csv", b"text,labels,heading\nfoo,a,[1]\n", r"a\.csv:2: heading"),
        ("a.csv", b"text,labels,weight\nfoo,a,heavy\n", r"a\.csv:2: .*weight"),
        ("a.json", b'[{"text": "x", "labels": ["a"]}, {"text": "x"}]', r"a\.json: row 2: no labels"),
        ("a.parquet", b"PAR1....", "a Parquet file"),
        ("a.jsonl", b"\x1f\x8b\x08\x00", "a gzip file"),
    ],
)
def test_faults_are_named_with_their_place(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_rows(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.json", '[{"text": "x", "labels": ["a"]}, {"text": "y", "label": "b"}]', [("x", ["a"]), ("y", ["b"])]),
        ("a.json", '{"text": "x", "labels": ["a"]}\n{"text": "y", "labels": []}\n', [("x", ["a"]), ("y", [])]),
        ("a.json", '{"text": "x", "labels": ["a"]}', [("x", ["a"])]),
        ("a.ndjson", '{"text": "a\u2028b", "labels": []}\r\n', [("a\u2028b", [])]),
        ("a.tsv", "text\tlabels\nx\ta;b\n", [("x", ["a", "b"])]),
        ("a.csv", '\ufeffText;Label\r\n"a, b";x\r\n\r\n', [("a, b", ["x"])]),
        ("a.csv", "text,labels\n" + "x" * 200_000 + ",a\n", [("x" * 200_000, ["a"])]),
    ],
)
def test_what_people_have_is_read(name: str, content: str, expected: list[Any], tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content.encode())
    for where in (tmp_path / name, tmp_path):
        assert [(row["text"], row["labels"]) for row in read_labelled(where)] == expected


@pytest.mark.parametrize("format", FORMATS)
def test_weights_travel(format: str, tmp_path: Path) -> None:
    suffix = {"csv": ".csv", "labelstudio": ".json", "docbin": ".spacy"}.get(format, ".jsonl")
    rows = [{"text": "x", "labels": ["a"], "weight": 2.5}, {"text": "y", "labels": ["b"]}]
    write_labelled(rows, tmp_path / f"rows{suffix}", format=format)
    assert [row.weight for row in load_rows(tmp_path / f"rows{suffix}")] == [2.5, 1.0]


def test_a_label_studio_file_stays_one(tmp_path: Path) -> None:
    tasks = [{"data": {"text": "x"}, "text": "y", "annotations": [{"result": [{"type": "choices", "value": {"choices": ["a"]}}]}]}]
    (tmp_path / "a.json").write_text(json.dumps(tasks))
    assert [(row["text"], row["labels"]) for row in read_labelled(tmp_path / "a.json")] == [("x", ["a"])]
