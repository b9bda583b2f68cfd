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
        # The folder may have been replaced since.
        return spec_from_file_location(fullname, file) if file is not None and file.is_file() else None


def use_native() -> bool:
    """Let compiled modules be imported in place of their sources, where they were built from these; return whether they will be.

    Imports that are done already are not touched.
    """
    if os.environ.get(PURE, "0") not in ("", "0") or not FOLDER.is_dir():
        return False
    try:
        files = built_modules(FOLDER / key())
    except OSError:
        # A package without its sources, or one that cannot be looked into: nothing needs compiled modules.
        return False
    if not files:
        return False
    sys.meta_path.insert(0, _Finder(files))
    return True


def built_modules(folder: Path) -> dict[str, Path]:
    """Return the files of the modules in `folder` by name; none where one of them is missing or empty."""
    files = dict(modules(folder)) if folder.is_dir() else {}
    wanted = {f"analyzer.{name.removesuffix('.py').replace('/', '.')}" for name in MODULES}
    # They share one library of their own.
    whole = wanted <= files.keys() and len(files) > len(wanted) and all(file.stat().st_size for file in files.values())
    return files if whole else {}


def modules(folder: Path) -> Iterator[tuple[str, Path]]:
    """Return names and files of the modules below `folder`."""
    for file in folder.rglob(f"*{SUFFIX}"):
        yield ".".join(file.relative_to(folder).parts).removesuffix(SUFFIX), file


def key() -> str:
    """Return a name for these sources and this interpreter."""
    sources = b"".join(name.encode() + (PACKAGE / name).read_bytes() for name in (*MODULES, *TYPES, "compiling.py"))
    return f"{interpreter()}-{source_hash(sources).hex()}"


def interpreter() -> str:
    """Return the name of what compiled modules run on: version and machine."""
    return SUFFIX.split(".")[1]
