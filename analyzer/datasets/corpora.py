"""Public corpora of labelled clauses, which users may download themselves, read as rows of ours.

`resources/corpora.toml` says what their labels mean in our categories. None of them is part of this project, and the shipped model is not trained on them.
"""

from __future__ import annotations

import csv
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analyzer.datasets.native import iterate_jsonl
from analyzer.errors import AnalyzerError, DataError
from analyzer.resources import read_toml
from analyzer.structure.sentences import split_sentences
from analyzer.types import Span

CORPORA = ("cuad", "unfair_tos", "agb_de", "ledgar")
#: How the splits of published files are called, by ours.
_SPLIT_NAMES = {
    "train": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
}
#: Data frames give missing cells as NaN.
_ABSENT = (None, "")

Row = dict[str, Any]


def read_corpus(path: str | Path, corpus: str, *, labels: str = "mapped", split: str | None = None) -> list[Row]:
    """Read a public corpus as labelled rows.

    Parameters
    ----------
    path : path
        A file or folder as published: JSON, JSON lines, CSV, parquet or arrow; see `files` of each corpus in `resources/corpora.toml`.
    corpus : str
        One of `CORPORA`.
    labels : {"mapped", "original"}, default="mapped"
        Our categories by the documented map, without rows that none of ours fits; or the corpus's own names, all rows, those without a label with an empty list.
    split : str, optional
        Only rows of "train", "validation" or "test", where the rows of the file say which they are.

    Raises
    ------
    DataError
        Names file and row of the fault; pyarrow is missing for parquet or arrow.
    """
    if corpus not in CORPORA:
        raise DataError(f"Unknown corpus {corpus!r}", hint="known: " + ", ".join(CORPORA))
    if labels not in ("mapped", "original"):
        raise DataError(f"Unknown choice of labels {labels!r}", hint="known: mapped, original")
    path = Path(path)
    if not path.exists():
        raise DataError(f"No such file: {path}")
    about = read_toml("corpora.toml")[corpus]
    if corpus == "cuad":
        rows: Iterable[Row] = _cuad(path)
    elif corpus == "unfair_tos" and path.is_dir() and (path / "sentences").is_dir():
        rows = _unfair_tos_folder(path, about["folders"])
    else:
        rows = _records_as_rows(path, corpus, about)
    wanted = None if split is None else _SPLIT_NAMES.get(split, split)
    found = [row for row in rows if wanted is None or row.pop("split", wanted) == wanted]
    for row in found:
        row.pop("split", None)
    if not found:
        raise DataError(f"{path}: no rows" + (f" of the split {split!r}" if split else ""), hint=str(about["files"]))
    _check_names(found, about, path)
    return found if labels == "original" else _mapped(found, about)


def _check_names(rows: Iterable[Row], about: Mapping[str, Any], path: Path) -> None:
    known = {*about["labels"], *about.get("order", ())}
    for row in rows:
        for label in row["labels"]:
            if label not in known:
                raise DataError(f"{row['source']}: unknown label {label!r}", hint=f"is this {about['name']}? It needs {about['files']}")


def _mapped(rows: Iterable[Row], about: Mapping[str, Any]) -> list[Row]:
    mapped = []
    for row in rows:
        ours = list(dict.fromkeys(ours for label in row["labels"] for ours in about["labels"].get(label, ())))
        if "other" in ours and len(ours) > 1:
            ours.remove("other")
        if ours:
            risks = list(dict.fromkeys(risk for label in row["labels"] for risk in about.get("risks", {}).get(label, ())))
            mapped.append({**row, "labels": ours, "risks": risks})
    return mapped


# ------------------------------------------------------------------------------------------------ tables


def _records_as_rows(path: Path, corpus: str, about: Mapping[str, Any]) -> Iterator[Row]:
    order: Sequence[str] = about.get("order", ())
    for number, (source, record) in enumerate(_records(path)):
        text = record.get("text", record.get("provision"))
        if not isinstance(text, str) or not text.strip():
            raise DataError(f"{source}: no text", hint=str(about["files"]))
        key = next((key for key in ("topics", "labels", "label") if record.get(key) not in _ABSENT or key in record), None)
        if key is None:
            raise DataError(f"{source}: no labels", hint=str(about["files"]))
        title = record.get("title") if corpus == "agb_de" else None
        row: Row = {
            "id": f"{corpus}:{path.stem}:{record.get('id', number)}",
            "doc": str(record.get("contract") or record.get("company") or record.get("source") or ""),
            "language": about["language"],
            "kind": "sentence",
            "heading": [title.strip()] if isinstance(title, str) and title.strip() else [],
            "text": " ".join(text.split()),
            "labels": _names(record[key], order, source),
            "risks": [],
            "source": source,
        }
        split = record.get("data_type", record.get("split"))
        if isinstance(split, str):
            row["split"] = _SPLIT_NAMES.get(split, split)
        yield row


def _names(value: Any, order: Sequence[str], source: str) -> list[str]:
    """Labels come as a name, names with commas, a number, a list of either, or such a list written as text."""
    if isinstance(value, str):
        stripped = value.strip()
        if stripped.startswith("["):
            try:
                value = json.loads(stripped.replace("'", '"'))
            except ValueError as error:
                raise DataError(f"{source}: labels are no list: {value!r}") from error
        elif stripped.lstrip("-").isdigit():
            value = int(stripped)
        else:
            return [part.strip() for part in stripped.split(",") if part.strip()]
    if value is None or (isinstance(value, float) and value != value):
        return []
    items = value if isinstance(value, list | tuple) else [value]
    names = []
    for item in items:
        if isinstance(item, str):
            names.append(item.strip())
        elif isinstance(item, int) and not isinstance(item, bool) and 0 <= item < len(order):
            names.append(order[item])
        elif isinstance(item, float) and item.is_integer() and 0 <= item < len(order):
            names.append(order[int(item)])
        else:
            raise DataError(f"{source}: {item!r} is no label of this corpus")
    return names


def _records(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (file and row, record) of a file, or of all files of a folder in the order of their names."""
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in (".parquet", ".arrow", ".jsonl", ".json", ".csv"))
        if not files:
            raise DataError(f"{path}: no parquet, arrow, JSON or CSV files")
        for file in files:
            yield from _records(file)
        return
    suffix = path.suffix.lower()
    if suffix in (".parquet", ".arrow"):
        for number, record in enumerate(_read_arrow(path, suffix), 1):
            yield f"{path}: row {number}", record
    elif suffix == ".csv":
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                for number, record in enumerate(csv.DictReader(lines), 1):
                    yield f"{path}: row {number}", record
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise DataError(f"{path}: cannot be read: {error}") from error
    elif suffix == ".json":
        content = _read_json(path)
        content = content.get("data", content) if isinstance(content, dict) else content
        if not isinstance(content, list) or not all(isinstance(record, dict) for record in content):
            raise DataError(f"{path}: not a list of records")
        for number, record in enumerate(content, 1):
            yield f"{path}: row {number}", record
    else:
        for number, record in iterate_jsonl(path):
            yield f"{path}:{number}", record


def _read_arrow(path: Path, suffix: str) -> list[dict[str, Any]]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise DataError(
            f"{path.name} needs pyarrow", hint='pip install "clause-analyzer[batch]", or use the CSV or JSON lines file'
        ) from error
    try:
        table = pq.read_table(path) if suffix == ".parquet" else _read_stream(pa, path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from error
    records: list[dict[str, Any]] = table.to_pylist()
    return records


def _read_stream(pa: Any, path: Path) -> Any:
    with pa.memory_map(str(path)) as source:
        try:
            return pa.ipc.open_stream(source).read_all()
        except pa.ArrowInvalid:
            return pa.ipc.open_file(source).read_all()


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: not JSON: {error}") from error


# ------------------------------------------------------------------------------------------------ CUAD


def _cuad(path: Path) -> Iterator[Row]:
    """Contracts in SQuAD form: the sentences of each, with the names of the categories whose answers overlap them."""
    content = _read_json(path)
    contracts = content.get("data") if isinstance(content, dict) else None
    if not isinstance(contracts, list):
        raise DataError(f"{path}: not CUAD in SQuAD form", hint=str(read_toml("corpora.toml")["cuad"]["files"]))
    for contract in contracts:
        try:
            for paragraph in contract["paragraphs"]:
                yield from _cuad_rows(path, str(contract["title"]), paragraph["context"], paragraph["qas"])
        except AnalyzerError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            title = contract.get("title") if isinstance(contract, dict) else contract
            raise DataError(f"{path}: contract {str(title)[:60]!r} is not in SQuAD form: {error!r}") from error


def _cuad_rows(path: Path, title: str, context: str, questions: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    spans: list[Span] = []
    start = 0
    for line in context.split("\n"):
        spans += split_sentences(line, language="en", offset=start)
        start += len(line) + 1
    starts = [span.start for span in spans]
    labels: list[dict[str, None]] = [{} for _ in spans]
    for question in questions:
        category = str(question["id"]).rsplit("__", 1)[-1]
        for answer in question["answers"]:
            begin = int(answer["answer_start"])
            end = begin + len(answer["text"])
            for index in range(max(0, bisect_right(starts, begin) - 1), len(spans)):
                if spans[index].start >= end:
                    break
                if spans[index].end > begin:
                    labels[index][category] = None
    for index, span in enumerate(spans):
        text = " ".join(context[span.start : span.end].split())
        if text:
            yield {
                "id": f"cuad:{title}:{index}", "doc": title, "language": "en", "kind": "sentence", "heading": [], "text": text,
                "labels": list(labels[index]), "risks": [], "source": f"{path}: {title[:60]}, sentence {index + 1}",
            }  # fmt: skip


# ------------------------------------------------------------------------------------------------ the first files of UNFAIR-ToS


def _unfair_tos_folder(path: Path, folders: Mapping[str, str]) -> Iterator[Row]:
    """`sentences/<company>.txt`, a sentence a line, and for each label a folder of files with 1 or -1 on the same lines."""
    for file in sorted((path / "sentences").glob("*.txt")):
        sentences = _lines(file)
        labels: list[list[str]] = [[] for _ in sentences]
        for folder, name in folders.items():
            marks = path / folder / file.name
            if not marks.is_file():
                continue
            values = _lines(marks)
            if len(values) != len(sentences):
                raise DataError(f"{marks}: {len(values)} marks for {len(sentences)} sentences")
            for number, value in enumerate(values):
                if value.strip() == "1":
                    labels[number].append(name)
        for number, sentence in enumerate(sentences):
            text = " ".join(sentence.replace("-lrb-", "(").replace("-rrb-", ")").split())
            if text:
                yield {
                    "id": f"unfair_tos:{file.stem}:{number}", "doc": file.stem, "language": "en", "kind": "sentence", "heading": [],
                    "text": text, "labels": labels[number], "risks": [], "source": f"{file}:{number + 1}",
                }  # fmt: skip


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error


# ------------------------------------------------------------------------------------------------ documentation


def render_map() -> str:
    """Return the map from public labels to our categories as Markdown (`docs/public-corpora.md`)."""
    out = [
        "# Public corpora\n\nWhat the labels of public corpora mean in our categories (made from `analyzer/resources/corpora.toml`). Download them yourself, then\n\n"
    ]
    out.append("```\nclause-analyzer data import FILE --corpus cuad -o cuad.jsonl                       # our categories\n")
    out.append("clause-analyzer data import FILE --corpus unfair_tos --labels original -o tos.jsonl  # their own labels\n```\n\n")
    out.append(
        "An empty right side means that none of ours fits, or several do: rows with no other label are left out. With `--labels original` all rows are kept.\n"
    )
    for about in (read_toml("corpora.toml")[corpus] for corpus in CORPORA):
        out.append(
            f"\n## {about['name']}\n\n{about['source']}. Licence: {about['licence']}. Files: {about['files']}.\n\n{about['note']}\n\n"
        )
        out.append("| label | category | risk |\n|---|---|---|\n")
        for label in dict.fromkeys([*about.get("order", ()), *about["labels"]]):
            ours = ", ".join(f"`{name}`" for name in about["labels"].get(label, ()))
            risks = ", ".join(f"`{name}`" for name in about.get("risks", {}).get(label, ()))
            out.append(f"| {label} | {ours} | {risks} |\n")
    return "".join(out)
