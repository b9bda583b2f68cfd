"""Compiles the innermost modules by mypyc, once for an installation. Nothing needs it: without a compiler all of it runs as Python."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from analyzer.errors import SettingsError
from analyzer.native import FOLDER, MODULES, PACKAGE, TYPES, built_modules, interpreter, key, modules

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
        The folder with the modules. It appears whole or not at all; those of other sources for the same interpreter are removed.

    Raises
    ------
    SettingsError
        There is no compiler, a library is missing, the folder cannot be written, or the compiler failed: its last lines are the hint.
    """
    try:
        built = FOLDER / key()
    except OSError as error:
        raise SettingsError("The modules cannot be compiled", hint="their sources are not here as files") from error
    if built_modules(built):
        return built
    reason = why_not()
    if reason:
        raise SettingsError("The modules cannot be compiled", hint=reason)
    try:
        FOLDER.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER, prefix=_UNFINISHED) as folder:
            made = _build(Path(folder))
            if built_modules(built):
                # Somebody else was quicker.
                return built
            shutil.rmtree(built, ignore_errors=True)
            os.replace(made, built)
        _clear(built)
    except OSError as error:
        if built_modules(built):
            return built
        raise SettingsError(f"Cannot write to {FOLDER}: {error.strerror}", hint="compile as the owner of the installation") from error
    return built


def _clear(built: Path) -> None:
    """Remove what was built from other sources for this interpreter, and what was left unfinished long ago."""
    for other in FOLDER.iterdir():
        unfinished = other.name.startswith(_UNFINISHED) and time.time() - other.stat().st_mtime > 2 * _LONGEST_S
        if unfinished or (other.name.startswith(f"{interpreter()}-") and other != built):
            shutil.rmtree(other, ignore_errors=True)


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
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=_LONGEST_S)
        except BaseException as error:
            # The compiler is a child of the child.
            _kill(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise SettingsError("Compiling took too long", hint="the program works without it") from error
            raise
    if process.returncode != 0 or not any(modules(folder / "out")):
        last = " / ".join((err or out).strip().splitlines()[-3:])
        raise SettingsError("Compiling failed", hint=f"{last}; the program works without it")
    return folder / "out"


def _kill(process: subprocess.Popen[str]) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
