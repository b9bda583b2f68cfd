"""The innermost modules as machine code where they have been compiled (`analyzer.compiling`): the same sources, the same results, less time.

Built modules lie in a folder whose name holds the sources and the interpreter they were built from. A source that changes therefore falls back to
Python at once, and no stale code ever runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import source_hash, spec_from_file_location
from pathlib import Path
from types import ModuleType

PACKAGE = Path(__file__).parent
#: Built modules lie in a folder per version of the sources in this one.
FOLDER = PACKAGE / "_native"
#: Where this is set, the sources are used: for tests, and to look for an error.
PURE = "CLAUSE_ANALYZER_PURE"
#: What a document's time goes into, of what is plain Python.
MODULES = tuple(
    f"quantities/{name}.py"
    for name in (
        "clocks",
        "context",
        "counted_days",
        "dates",
        "days",
        "durations",
        "false_durations",
        "holidays",
        "lengths",
        "lexicon",
        "money",
        "numbers",
        "percentages",
        "recurrences",
        "scan",
        "senses",
        "tokens",
        "window_codes",
        "windows",
    )
)
#: Looked at besides by the compiler, for their types.
TYPES = ("types.py",)
SUFFIX = EXTENSION_SUFFIXES[0]


class _Finder(MetaPathFinder):
    """Finds the compiled modules before their sources."""

    def __init__(self, files: dict[str, Path]) -> None:
        self.files = files

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        file = self.files.get(fullname)
        return None if file is None else spec_from_file_location(fullname, file)


def use_native() -> bool:
    """Let compiled modules be imported in place of their sources, where they were built from these; return whether they will be.

    Imports that are done already are not touched.
    """
    if os.environ.get(PURE) or not FOLDER.is_dir():
        return False
    built = FOLDER / key()
    files = dict(modules(built)) if built.is_dir() else {}
    if not files:
        return False
    sys.meta_path.insert(0, _Finder(files))
    return True


def modules(folder: Path) -> Iterator[tuple[str, Path]]:
    """Return names and files of the modules below `folder`."""
    for file in folder.rglob(f"*{SUFFIX}"):
        yield ".".join(file.relative_to(folder).parts).removesuffix(SUFFIX), file


def key() -> str:
    """Return a name for these sources and this interpreter."""
    sources = b"".join(name.encode() + (PACKAGE / name).read_bytes() for name in (*MODULES, *TYPES))
    return f"{SUFFIX.split('.')[1]}-{source_hash(sources).hex()}"
