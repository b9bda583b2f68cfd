"""Import and export. Every format carries text, labels, heading, document, language, kind, risks and id, so that a round trip loses nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from analyzer.datasets.native import OPTIONAL_KEYS, iterate_jsonl, write_atomically
from analyzer.errors import DataError

FORMATS = ("native", "doccano", "prodigy", "labelstudio", "csv", "docbin")
#: What travels beside text and labels.
META_KEYS = ("id", "doc", "family", "language", "kind", "heading", "risks", *OPTIONAL_KEYS)

Row = dict[str, Any]


def _normal(row: Mapping[str, Any], source: str = "") -> Row:
    """Return a row with exactly the keys that all formats carry."""
    identifier = str(row.get("id") or "")
    normal: Row = {
        "id": identifier,
        "doc": str(row.get("doc") or (identifier.rsplit(":", 1)[0] if ":" in identifier else "")),
        "language": str(row.get("language") or ""),
        "kind": str(row.get("kind") or "sentence"),
        "heading": [row["heading"]] if isinstance(row.get("heading"), str) else list(row.get("heading") or ()),
        "text": row.get("text"),
        "labels": row.get("labels"),
        "risks": list(row.get("risks") or ()),
    }
    normal |= {key: list(row[key]) for key in OPTIONAL_KEYS if row.get(key)}
    if row.get("family"):
        normal["family"] = str(row["family"])
    if source:
        normal["source"] = source
    return normal


def read_labelled(path: str | Path, *, format: str | None = None) -> list[Row]:
    """Read labelled rows from a file, or from all files below a folder.

    Parameters
    ----------
    path : path
        JSON lines (our format, doccano, Prodigy), JSON (Label Studio), CSV, or spaCy DocBin; told apart by content.
    format : str, optional
        One of `FORMATS`, to insist.

    Raises
    ------
    DataError
        Names file and line of the fault.
    """
    path = Path(path)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in (".jsonl", ".json", ".csv", ".spacy") and p.is_file())
        if not files:
            raise DataError(f"No labelled files in {path}", hint="JSON lines, JSON, CSV or .spacy")
        return [row for file in files for row in read_labelled(file, format=format)]
    if not path.is_file():
        raise DataError(f"No such file: {path}")
    if format is not None and format not in FORMATS:
        raise DataError(f"Unknown format {format!r}", hint="known: " + ", ".join(FORMATS))
    suffix = path.suffix.lower()
    if format == "csv" or (format is None and suffix in (".csv", ".tsv")):
        return _read_csv(path)
    if format == "docbin" or (format is None and suffix == ".spacy"):
        return _read_docbin(path)
    if format == "labelstudio" or (format is None and suffix == ".json"):
        return _read_labelstudio(path)
    return _read_jsonl(path, format)


def _read_jsonl(path: Path, format: str | None) -> list[Row]:
    rows: list[Row] = []
    header: Row = {}
    for number, record in iterate_jsonl(path):
        source = f"{path}:{number}"
        if "contract" in record and "text" not in record:
            header = record
            continue
        kind = format or ("prodigy" if "cats" in record or "accept" in record else "doccano" if "label" in record else "native")
        if kind == "prodigy":
            if record.get("answer", "accept") != "accept":
                continue
            labels = (
                record["accept"] if "accept" in record else [name for name, value in dict(record.get("cats") or {}).items() if value >= 0.5]
            )
            rows.append(_normal({**(record.get("meta") or {}), "text": record.get("text"), "labels": labels}, source))
        elif kind == "doccano":
            label = record.get("label", record.get("labels"))
            labels = [label] if isinstance(label, str) else label
            rows.append(_normal({**(record.get("meta") or {}), "text": record.get("text"), "labels": labels}, source))
        else:
            if "labels" not in record:
                raise DataError(f"{source}: no labels", hint='a row is {"text": ..., "labels": [...]}')
            rows.append(
                _normal(
                    {"doc": header.get("contract"), "language": header.get("language"), "family": header.get("family"), **record}, source
                )
            )
    return rows


def _read_csv(path: Path) -> list[Row]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}", hint="save it as CSV UTF-8") from error
    first = content.split("\n", 1)[0]
    delimiter = "\t" if "\t" in first else ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(content, newline=""), delimiter=delimiter)
    names = {str(name).strip().lower(): name for name in reader.fieldnames or ()}
    label_column = names.get("labels") or names.get("label")
    if "text" not in names or label_column is None:
        raise DataError(f"{path}:1: the columns text and labels are needed", hint=f"found: {', '.join(names)}")
    rows = []
    for record in reader:
        source = f"{path}:{reader.line_num}"
        heading = record.get(names.get("heading", ""), "") or ""
        try:
            path_of_heading = json.loads(heading) if heading.startswith("[") else [heading] if heading else []
        except ValueError as error:
            raise DataError(f"{source}: the heading is no JSON list") from error
        meta: Row = {key: record.get(names[key]) for key in ("id", "doc", "family", "language", "kind") if key in names}
        rows.append(
            _normal(
                {
                    **meta,
                    "heading": path_of_heading,
                    "text": record.get(names["text"]),
                    "labels": _split(record.get(label_column)),
                    **{key: _split(record.get(names.get(key, ""), "")) for key in ("risks", *OPTIONAL_KEYS)},
                },
                source,
            )
        )
    return rows


def _split(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").replace("|", ";").split(";") if part.strip()]


def _read_labelstudio(path: Path) -> list[Row]:
    try:
        tasks = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: not JSON: {error}") from error
    if not isinstance(tasks, list):
        raise DataError(f"{path}: not a list of Label Studio tasks")
    rows = []
    for number, task in enumerate(tasks, 1):
        source = f"{path}: task {number}"
        try:
            data = task["data"]
            done = [a for a in task.get("annotations") or task.get("completions") or () if not a.get("was_cancelled")]
            if not done:
                continue
            labels = [choice for part in done[-1]["result"] if part.get("type") == "choices" for choice in part["value"]["choices"]]
            rows.append(_normal({**data, "labels": labels}, source))
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{source}: not a Label Studio task with choices: {error!r}") from error
    return rows


def _read_docbin(path: Path) -> list[Row]:
    import spacy
    from spacy.tokens import DocBin

    try:
        docs = list(DocBin(store_user_data=True).from_bytes(path.read_bytes()).get_docs(spacy.blank("xx").vocab))
    except Exception as error:
        raise DataError(f"{path}: not a spaCy DocBin: {type(error).__name__}") from error
    rows = []
    for number, doc in enumerate(docs, 1):
        meta = json.loads(doc.user_data.get("meta", "{}"))
        rows.append(
            _normal(
                {**meta, "text": doc.text, "labels": [name for name, value in doc.cats.items() if value >= 0.5]}, f"{path}: doc {number}"
            )
        )
    return rows


# ------------------------------------------------------------------------------------------------ writing


def write_labelled(rows: Iterable[Mapping[str, Any]], path: str | Path, *, format: str) -> int:
    """Write rows in one of `FORMATS` ("native" as JSON lines without header) and return how many; whole or not at all."""
    normal = [_normal(row) for row in rows]
    writers: dict[str, Callable[[list[Row]], bytes]] = {
        "native": lambda items: _jsonl(items),
        "doccano": lambda items: _jsonl({"text": r["text"], "label": r["labels"], "meta": _meta(r)} for r in items),
        "prodigy": lambda items: _jsonl(
            {"text": r["text"], "cats": dict.fromkeys(r["labels"], 1.0), "answer": "accept", "meta": _meta(r)} for r in items
        ),
        "labelstudio": _labelstudio,
        "csv": _csv,
        "docbin": _docbin,
    }
    if format not in writers:
        raise DataError(f"Unknown format {format!r}", hint="known: " + ", ".join(FORMATS))
    write_atomically(Path(path), writers[format](normal))
    return len(normal)


def _meta(row: Row) -> Row:
    return {key: row[key] for key in META_KEYS if key in row}


def _jsonl(records: Iterable[Row]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def _labelstudio(rows: list[Row]) -> bytes:
    tasks: list[Row] = [
        {
            "data": {"text": r["text"]} | _meta(r),
            "annotations": [
                {"result": [{"type": "choices", "from_name": "category", "to_name": "text", "value": {"choices": r["labels"]}}]}
            ],
        }
        for r in rows
    ]
    return (json.dumps(tasks, ensure_ascii=False, indent=1) + "\n").encode()


def _csv(rows: list[Row]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    lists = ("labels", "risks", *OPTIONAL_KEYS)
    writer.writerow(["id", "doc", "family", "language", "kind", "heading", "text", *lists])
    for r in rows:
        heading = json.dumps(r["heading"], ensure_ascii=False) if r["heading"] else ""
        cells = [";".join(r.get(key, ())) for key in lists]
        writer.writerow([r["id"], r["doc"], r.get("family", ""), r["language"], r["kind"], heading, r["text"], *cells])
    return buffer.getvalue().encode()


def _docbin(rows: list[Row]) -> bytes:
    import spacy
    from spacy.tokens import Doc, DocBin

    nlp = spacy.blank("xx")
    store = DocBin(attrs=["ORTH", "SPACY"], store_user_data=True)
    for row in rows:
        # One token a text: what is stored are texts and labels, and every tokenizer may cut them again.
        doc = Doc(nlp.vocab, words=[row["text"]], spaces=[False])
        doc.cats = dict.fromkeys(row["labels"], 1.0)
        doc.user_data["meta"] = json.dumps(_meta(row), ensure_ascii=False, sort_keys=True)
        store.add(doc)
    data: bytes = store.to_bytes()
    return data
