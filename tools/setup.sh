#!/bin/sh
# Make the virtual environment, and the system packages that a bare Debian or Ubuntu lacks for it.
# usage: setup.sh PYTHON VENV
set -eu
python="$1"
venv="$2"

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo "$@"; else
        echo "needs root for: $*" >&2
        return 1
    fi
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python 3.11 or newer is needed: make setup PYTHON=/path/to/python3.11" >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    # Debian splits venv off; its package has the version of the interpreter in its name.
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    as_root apt-get update -q
    as_root apt-get install -y -q "python$version-venv" || as_root apt-get install -y -q python3-venv
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --upgrade "pip>=24"
"$venv/bin/python" -m pip install --quiet --editable ".[dev]"
# The innermost loops in half to two thirds of the time; without a C compiler all of it runs as Python.
"$venv/bin/clause-analyzer" compile --if-possible
