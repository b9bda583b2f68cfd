"""Import and export. Every format carries text, labels, heading, document, language, kind, risks, weight and id, so that a round trip loses nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from analyzer.datasets.native import OPTIONAL_KEYS, iterate_jsonl, read_utf8, write_atomically
from analyzer.errors import DataError

FORMATS = ("native", "doccano", "prodigy", "labelstudio", "csv", "docbin")
#: What travels beside text and labels.
META_KEYS = ("id", "doc", "family", "language", "kind", "heading", "risks", *OPTIONAL_KEYS, "weight")
#: What a folder is searched for.
_SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".spacy")
#: Files that hold tables in a way we do not read, by their first bytes.
_OTHERS = {b"PAR1": "Parquet", b"ARROW1": "Arrow", b"PK\x03\x04": "zip or Excel", b"\x1f\x8b": "gzip", b"SQLite": "SQLite"}

Row = dict[str, Any]


def _normal(row: Mapping[str, Any], source: str = "") -> Row:
    """Return a row with exactly the keys that all formats carry."""
    identifier = str(row.get("id") or "")
    normal: Row = {
        "id": identifier,
        "doc": str(row.get("doc") or (identifier.rsplit(":", 1)[0] if ":" in identifier else "")),
        "language": str(row.get("language") or ""),
        "kind": str(row.get("kind") or "sentence"),
        "heading": [row["heading"]] if isinstance(row.get("heading"), str) and row["heading"] else _list_of(row, "heading", source),
        "text": row.get("text"),
        "labels": row.get("labels"),
        "risks": _list_of(row, "risks", source),
    }
    normal |= {key: _list_of(row, key, source) for key in OPTIONAL_KEYS if row.get(key)}
    if row.get("weight") is not None:
        normal["weight"] = row["weight"]
    if row.get("family"):
        normal["family"] = str(row["family"])
    if source:
        normal["source"] = source
    return normal


def _list_of(row: Mapping[str, Any], key: str, source: str) -> list[Any]:
    value = row.get(key) or ()
    if not isinstance(value, list | tuple):
        raise DataError(f"{source or row.get('id') or 'a row'}: {key} must be a list, not {value!r}")
    return list(value)


def read_labelled(path: str | Path, *, format: str | None = None) -> list[Row]:
    """Read labelled rows from a file, or from all files below a folder.

    Parameters
    ----------
    path : path
        JSON lines (our format, doccano, Prodigy), JSON (Label Studio, or a list of rows), CSV, or spaCy DocBin; told apart by content.
    format : str, optional
        One of `FORMATS`, to insist.

    Raises
    ------
    DataError
        Names file and line of the fault.
    """
    path = Path(path)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file())
        if not files:
            raise DataError(f"No labelled files in {path}", hint="JSON lines, JSON, CSV or .spacy")
        return [row for file in files for row in read_labelled(file, format=format)]
    if not path.is_file():
        raise DataError(f"No such file: {path}")
    if format is not None and format not in FORMATS:
        raise DataError(f"Unknown format {format!r}", hint="known: " + ", ".join(FORMATS))
    _refuse_others(path)
    suffix = path.suffix.lower()
    if format == "csv" or (format is None and suffix in (".csv", ".tsv")):
        return _read_csv(path)
    if format == "docbin" or (format is None and suffix == ".spacy"):
        return _read_docbin(path)
    if format == "labelstudio" or (format is None and suffix == ".json"):
        return _read_json(path, format)
    return _read_jsonl(path, format)


def _refuse_others(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    for sign, name in _OTHERS.items():
        if start.startswith(sign):
            raise DataError(f"{path}: a {name} file, which is not read", hint='open it with pandas and give frame.to_dict("records")')


def _read_jsonl(path: Path, format: str | None) -> list[Row]:
    rows: list[Row] = []
    header: Row = {}
    for number, record in iterate_jsonl(path):
        if "contract" in record and "text" not in record:
            header = record
        elif (row := _read_record(record, header, f"{path}:{number}", format)) is not None:
            rows.append(row)
    return rows


def _read_record(record: Row, header: Row, source: str, format: str | None) -> Row | None:
    """Return a row of our format, doccano's or Prodigy's; None for one that its annotator rejected."""
    kind = format or ("prodigy" if "cats" in record or "accept" in record else "doccano" if "label" in record else "native")
    if kind == "native":
        if "labels" not in record:
            raise DataError(f"{source}: no labels", hint='a row is {"text": ..., "labels": [...]}')
        return _normal(
            {"doc": header.get("contract"), "language": header.get("language"), "family": header.get("family"), **record}, source
        )
    if kind == "prodigy" and record.get("answer", "accept") != "accept":
        return None
    meta, weight = record.get("meta") or {}, {"weight": record["weight"]} if "weight" in record else {}
    if not isinstance(meta, dict):
        raise DataError(f"{source}: meta must be a table, not {meta!r}")
    if kind == "doccano" or "accept" in record:
        labels = record["accept"] if kind == "prodigy" else record.get("label", record.get("labels"))
        labels = [labels] if isinstance(labels, str) else labels
    else:
        cats = record.get("cats") or {}
        if not isinstance(cats, dict) or not all(isinstance(value, int | float) for value in cats.values()):
            raise DataError(f"{source}: cats must be a table of label and number, not {cats!r}")
        labels = [name for name, value in cats.items() if value >= 0.5]
    return _normal({**meta, **weight, "text": record.get("text"), "labels": labels}, source)


def _read_csv(path: Path) -> list[Row]:
    content = read_utf8(path)
    first = content.split("\n", 1)[0]
    delimiter = "\t" if "\t" in first else ";" if first.count(";") > first.count(",") else ","
    limit = csv.field_size_limit(max(len(content), 1 << 17))
    # Strict: a quotation mark that is never closed would swallow the rest of the file as one text.
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        label_column = "labels" if "labels" in header else "label"
        if "text" not in header or label_column not in header:
            raise DataError(f"{path}:1: the columns text and labels are needed", hint=f"found: {', '.join(header)}")
        if doubled := next((name for name in header if name and header.count(name) > 1), None):
            raise DataError(f"{path}:1: two columns are named {doubled}")
        for cells in reader:
            source = f"{path}:{reader.line_num}"
            if not cells:
                continue
            if len(cells) != len(header):
                raise DataError(
                    f"{source}: {len(cells)} cells under {len(header)} columns", hint="a text or label with the separator in it is quoted"
                )
            rows.append(_read_cells(dict(zip(header, cells, strict=True)), label_column, source))
    except csv.Error as error:
        raise DataError(f"{path}:{reader.line_num}: {error}", hint="is a quotation mark left open?") from error
    finally:
        csv.field_size_limit(limit)
    return rows


def _read_cells(record: dict[str, str], label_column: str, source: str) -> Row:
    heading = record.get("heading", "")
    try:
        path_of_heading = json.loads(heading) if heading.startswith("[") else [heading] if heading else []
        weight = float(record["weight"]) if record.get("weight") else None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{source}: the heading is no JSON list, or the weight no number") from error
    meta = {key: record.get(key) for key in ("id", "doc", "family", "language", "kind")}
    lists = {key: _split(record.get(key)) for key in ("risks", *OPTIONAL_KEYS)}
    return _normal(
        {**meta, **lists, "heading": path_of_heading, "text": record["text"], "labels": _split(record[label_column]), "weight": weight},
        source,
    )


def _split(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").replace("|", ";").split(";") if part.strip()]


def _read_json(path: Path, format: str | None) -> list[Row]:
    content = read_utf8(path)
    try:
        tasks = json.loads(content)
    except (ValueError, RecursionError) as error:
        if format is None and content.lstrip().startswith("{"):  # JSON lines under the wrong name
            return _read_jsonl(path, None)
        raise DataError(f"{path}: not JSON: {error}") from error
    if format is None and isinstance(tasks, dict) and "text" in tasks:  # one line of JSON lines
        return _read_jsonl(path, None)
    if not isinstance(tasks, list):
        raise DataError(f"{path}: not a list of Label Studio tasks")
    if format is None and tasks and all(isinstance(task, dict) and "text" in task and "data" not in task for task in tasks):
        return [row for number, task in enumerate(tasks, 1) if (row := _read_record(task, {}, f"{path}: row {number}", None)) is not None]
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
    weighed = any("weight" in r for r in rows)
    writer.writerow(["id", "doc", "family", "language", "kind", "heading", "text", *lists, *(["weight"] if weighed else [])])
    for r in rows:
        heading = json.dumps(r["heading"], ensure_ascii=False) if r["heading"] else ""
        cells = [";".join(r.get(key, ())) for key in lists]
        writer.writerow(
            [
                r["id"],
                r["doc"],
                r.get("family", ""),
                r["language"],
                r["kind"],
                heading,
                r["text"],
                *cells,
                *([r.get("weight", "")] if weighed else []),
            ]
        )
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
