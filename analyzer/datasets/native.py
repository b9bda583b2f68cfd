"""The format of `data/contracts`: a contract a file, a header line, then one row a line in document order."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.errors import DataError

#: Keys of the header line besides `contract` and `language`, in the order in which they are written.
HEADER_KEYS = ("kind", "provider", "family", "style", "side", "country", "split", "missing")
#: Keys of a row in the order in which they are written; those of `OPTIONAL_KEYS` only where they hold something.
ROW_KEYS = ("id", "text", "labels", "risks", "safe", "heading", "kind", "noise")
OPTIONAL_KEYS = ("safe", "noise")
#: What real documents do to text. `ocr` misread letters, `wrap` a sentence cut at line ends, `accents` lost diacritics, `caps` running text in capitals, `typo` slips of
#: the writer, `abbrev` heavy abbreviations, `blank` unfilled or hand-filled form fields, `furniture` headers and footers between sentences, `table` a row whose cells ran
#: together, `mixed` two languages.
NOISE = ("ocr", "wrap", "accents", "caps", "typo", "abbrev", "blank", "furniture", "table", "mixed")


@dataclass(frozen=True, slots=True)
class Contract:
    """A labelled contract: header and rows as plain dicts with the keys of `ROW_KEYS`; `lines` are their line numbers in the file."""

    id: str
    language: str
    header: dict[str, Any]
    rows: tuple[dict[str, Any], ...]
    path: Path | None = None
    lines: tuple[int, ...] = field(default=(), compare=False)

    @property
    def family(self) -> str:
        """Documents of one provider share a family and stay on one side of every split; alone, a contract is its own."""
        return str(self.header.get("family") or self.id)


def read_contract(path: str | Path) -> Contract:
    """Read one contract file.

    Raises
    ------
    DataError
        Not UTF-8, not JSON, or no header; the message names file and line.
    """
    path = Path(path)
    header: dict[str, Any] | None = None
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    for number, record in iterate_jsonl(path):
        if header is None:
            if "contract" not in record:
                raise DataError(f"{path}:{number}: the first line is no header", hint='it holds {"contract": id, "language": ...}')
            header = record
            continue
        rows.append(record)
        lines.append(number)
    if header is None:
        raise DataError(f"{path}: empty file")
    return Contract(str(header["contract"]), str(header.get("language", "")), header, tuple(rows), path, tuple(lines))


def iterate_jsonl(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Return (line number, object) of a JSON lines file; blank lines are skipped."""
    found = []
    for number, line in enumerate(read_utf8(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(record, dict):
            raise DataError(f"{path}:{number}: not a JSON object")
        found.append((number, record))
    return found


def read_utf8(path: Path) -> str:
    """Return the text of a file, without a byte order mark.

    Raises
    ------
    DataError
        It cannot be read, or is not UTF-8; then the message names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path}:{line}: not UTF-8: {error.reason} at byte {error.start}", hint="save it as UTF-8") from error


def read_contracts(folder: str | Path) -> list[Contract]:
    """Read all contracts below a folder, in the order of their paths."""
    paths = sorted(Path(folder).rglob("*.jsonl"))
    if not paths:
        raise DataError(f"No contract files (*.jsonl) in {folder}")
    return [read_contract(path) for path in paths]


def write_contract(contract: Contract, path: str | Path) -> None:
    """Write a contract file, whole or not at all; the same contract always gives the same bytes."""
    header = {"contract": contract.id, "language": contract.language}
    header.update({key: contract.header[key] for key in HEADER_KEYS if key in contract.header})
    out = [json.dumps(header, ensure_ascii=False)]
    out += [
        json.dumps({key: row[key] for key in ROW_KEYS if key in row and (row[key] or key not in OPTIONAL_KEYS)}, ensure_ascii=False)
        for row in contract.rows
    ]
    write_atomically(Path(path), ("\n".join(out) + "\n").encode())


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file under another name and rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
