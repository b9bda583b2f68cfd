"""Compiled modules answer as their sources do, and never outlive them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer import compiling, native
from analyzer.errors import SettingsError
from analyzer.faces.cli import main

#: The modules, and the library that they share.
MODULE_FILES = [f"analyzer/{name.removesuffix('.py')}{native.SUFFIX}" for name in native.MODULES] + [f"shared__mypyc{native.SUFFIX}"]
ROOT = Path(__file__).resolve().parents[2]
#: Reads every case of every quantity, and texts that are cut, glued and broken; prints what was found and where the code came from.
_READ_ALL = """
import hashlib, json, sys
from pathlib import Path
from analyzer.quantities import find_durations, find_quantities, scan
digest = hashlib.sha256()
for file in sorted(Path("tests/cases").rglob("*.jsonl")):
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        language = case.get("language") or file.stem[:2]
        text = case.get("text")
        if not text or language not in ("fr", "de", "it", "en"):
            continue
        for variant in (text, text.upper(), text[len(text) // 3 :], text.replace(" ", "\\n"), text.replace(" ", "-\\n", 2)):
            digest.update(repr(find_quantities(variant, language=language)).encode())
            digest.update(repr(find_durations(variant, language=language)).encode())
print(json.dumps({"digest": digest.hexdigest(), "file": scan.__file__}))
"""


def _read_all(*, pure: bool) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != native.PURE} | ({native.PURE: "1"} if pure else {})
    done = subprocess.run([sys.executable, "-c", _READ_ALL], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


@pytest.mark.skipif(bool(compiling.why_not()), reason=f"modules cannot be compiled: {compiling.why_not()}")
def test_compiled_modules_find_what_their_sources_find() -> None:
    folder = compiling.compile_modules()
    compiled, source = _read_all(pure=False), _read_all(pure=True)
    assert Path(compiled["file"]).is_relative_to(folder)
    assert Path(source["file"]) == ROOT / "analyzer" / "quantities" / "scan.py"
    assert compiled["digest"] == source["digest"]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sources, for which a compiled module lies ready."""
    shutil.copytree(native.PACKAGE, tmp_path / "analyzer", ignore=shutil.ignore_patterns("_native", "__pycache__"))
    for module in (native, compiling):
        monkeypatch.setattr(module, "PACKAGE", tmp_path / "analyzer")
        monkeypatch.setattr(module, "FOLDER", tmp_path / "analyzer" / "_native")
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    built = native.FOLDER / native.key()
    (built / "analyzer" / "quantities").mkdir(parents=True)
    for name in MODULE_FILES:
        (built / name).write_bytes(b"not really a library")
    return tmp_path


def test_modules_built_from_other_sources_are_not_used(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(native.PURE)
    assert native.use_native()
    with (elsewhere / "analyzer" / "quantities" / "scan.py").open("a") as file:
        file.write("# changed\n")
    assert not native.use_native()


def test_sources_are_used_where_the_environment_says_so(elsewhere: Path) -> None:
    assert os.environ[native.PURE] and not native.use_native()


@pytest.mark.parametrize("name", [MODULE_FILES[0], MODULE_FILES[-1]])
@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(b"")], ids=["missing", "empty"])
def test_a_damaged_folder_is_not_used_and_built_again(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: Callable[[Path], object]
) -> None:
    monkeypatch.delenv(native.PURE)
    damage(native.FOLDER / native.key() / name)
    assert not native.use_native()
    monkeypatch.setattr(compiling, "why_not", lambda: "")
    monkeypatch.setattr(compiling, "_build", _write_modules)
    assert native.built_modules(compiling.compile_modules()) and native.use_native()


def test_other_interpreters_keep_their_modules_and_old_leavings_go(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, former, left = (native.FOLDER / name for name in ("cpython-39-x-0123", f"{native.interpreter()}-0123", "build-abc"))
    for folder in (other, former, left):
        folder.mkdir()
    os.utime(left, (0, 0))
    _change(elsewhere)
    monkeypatch.setattr(compiling, "why_not", lambda: "")
    monkeypatch.setattr(compiling, "_build", _write_modules)
    compiling.compile_modules()
    assert other.is_dir() and not former.exists() and not left.exists()


def test_a_program_goes_on_when_its_compiled_modules_are_taken_away(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(native.PURE)
    assert native.use_native()
    finder = sys.meta_path[0]
    assert finder.find_spec("analyzer.quantities.scan", None) is not None
    shutil.rmtree(native.FOLDER)
    assert finder.find_spec("analyzer.quantities.scan", None) is None


def test_a_package_without_sources_is_used_as_it_is(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(native.PURE)
    (elsewhere / "analyzer" / "quantities" / "scan.py").unlink()
    assert not native.use_native()
    with pytest.raises(SettingsError, match="cannot be compiled"):
        compiling.compile_modules()


def _write_modules(folder: Path) -> Path:
    for name in MODULE_FILES:
        (folder / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "out" / name).write_bytes(b"not really a library")
    return folder / "out"


def test_compiling_twice_builds_once(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_build", lambda folder: pytest.fail("built again"))
    assert compiling.compile_modules() == native.FOLDER / native.key()


def _change(elsewhere: Path) -> None:
    with (elsewhere / "analyzer" / "quantities" / "scan.py").open("a") as file:
        file.write("# changed\n")


@pytest.mark.parametrize(
    ("out", "hint"),
    [
        ("import sys; print('out of memory', file=sys.stderr); sys.exit(1)", "out of memory"),
        ("pass", "the program works without it"),
    ],
    ids=["fails", "makes nothing"],
)
def test_a_compiler_that_fails_leaves_nothing(elsewhere: Path, monkeypatch: pytest.MonkeyPatch, out: str, hint: str) -> None:
    _change(elsewhere)
    monkeypatch.setattr(compiling, "why_not", lambda: "")
    monkeypatch.setattr(compiling, "_SETUP", out)
    before = sorted(native.FOLDER.iterdir())
    with pytest.raises(SettingsError, match="Compiling failed") as caught:
        compiling.compile_modules()
    assert hint in caught.value.hint
    assert sorted(native.FOLDER.iterdir()) == before


def test_what_is_missing_is_said(elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _change(elsewhere)
    monkeypatch.setattr(compiling.shutil, "which", lambda name: None)
    assert main(["compile"]) == 2
    assert "there is no C compiler" in capsys.readouterr().err
    assert main(["compile", "--if-possible"]) == 0
    assert "all of it runs as Python" in capsys.readouterr().out
