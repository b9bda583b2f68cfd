"""Compiles the innermost modules by mypyc, once for an installation. Nothing needs it: without a compiler all of it runs as Python."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from analyzer.errors import SettingsError
from analyzer.native import FOLDER, MODULES, PACKAGE, TYPES, key, modules

_LONGEST_S = 900
_UNFINISHED = "build-"
_SETUP = """
import sys
from setuptools import setup
from mypyc.build import mypycify
setup(name="native", packages=[], ext_modules=mypycify(["--config-file=mypy.ini", *sys.argv.pop().split(",")], opt_level="2"))
"""
_CONFIG = """
[mypy]
follow_imports = skip
ignore_missing_imports = True
"""


def why_not() -> str:
    """Return what is missing to compile, as the end of a sentence; "" where nothing is."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if os.name != "nt" and shutil.which(compiler) is None:
        return f"there is no C compiler ({compiler}) on this machine"
    if not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        return "the headers of Python are not installed (python3-dev)"
    missing = [name for name in ("mypyc", "setuptools") if importlib.util.find_spec(name) is None]
    return f"{' and '.join(missing)} are not installed (pip install 'clause-analyzer[compile]')" if missing else ""


def compile_modules() -> Path:
    """Build the compiled modules; what is there already is kept.

    Returns
    -------
    Path
        The folder with the modules. It appears whole or not at all; those of other sources are removed.

    Raises
    ------
    SettingsError
        There is no compiler, a library is missing, the folder cannot be written, or the compiler failed: its last lines are the hint.
    """
    built = FOLDER / key()
    if any(modules(built)):
        return built
    reason = why_not()
    if reason:
        raise SettingsError("The modules cannot be compiled", hint=reason)
    try:
        FOLDER.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER, prefix=_UNFINISHED) as folder:
            made = _build(Path(folder))
            for other in FOLDER.iterdir():
                if not other.name.startswith(_UNFINISHED):
                    shutil.rmtree(other, ignore_errors=True)
            os.replace(made, built)
    except OSError as error:
        if any(modules(built)):
            # Somebody else was quicker.
            return built
        raise SettingsError(f"Cannot write to {FOLDER}: {error.strerror}", hint="compile as the owner of the installation") from error
    return built


def _build(folder: Path) -> Path:
    """Compile a copy of the sources in `folder`."""
    sources = [Path("analyzer", *name.split("/")) for name in MODULES]
    for source in (*sources, *(Path("analyzer", name) for name in TYPES)):
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / source.parent / "__init__.py").touch()
        shutil.copyfile(PACKAGE.parent / source, folder / source)
    (folder / "mypy.ini").write_text(_CONFIG)
    (folder / "setup_native.py").write_text(_SETUP)
    command = [
        sys.executable,
        "setup_native.py",
        "-q",
        "build_ext",
        "--build-lib",
        "out",
        "--build-temp",
        "tmp",
        ",".join(map(str, sources)),
    ]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=_LONGEST_S)
    except subprocess.TimeoutExpired as error:
        raise SettingsError("Compiling took too long", hint="the program works without it") from error
    if done.returncode != 0 or not any(modules(folder / "out")):
        last = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise SettingsError("Compiling failed", hint=f"{last}; the program works without it")
    return folder / "out"
