"""Ways in for the password of a closed PDF: a file or a prompt. Never an argument, which every user of the machine can see."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from analyzer.errors import EncryptedDocumentError, SettingsError
from analyzer.settings import Settings

T = TypeVar("T")
#: How often a password is asked for.
ATTEMPTS = 3


def read_password_file(path: str | Path) -> str:
    """Return the first line of a file, without its line end.

    Raises
    ------
    SettingsError
        The file cannot be read, is no text in UTF-8, or begins with an empty line.
    """
    try:
        with open(path, encoding="utf-8-sig", newline=None) as file:
            password = file.readline(4096).rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise SettingsError(f"The password file {path} cannot be read: {reason}") from error
    if not password:
        raise SettingsError(f"The password file {path} is empty", hint="its first line is the password")
    return password


def is_terminal() -> bool:
    """Tell whether somebody is there to be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def with_password(name: str, settings: Settings, work: Callable[[Settings], T]) -> T:
    """Do something with a document; where it is a PDF that asks for a password, ask at the terminal and do it again.

    Raises
    ------
    EncryptedDocumentError
        There is no terminal, no password was given, or none of three opened the file.
    """
    for attempt in range(ATTEMPTS + 1):
        try:
            return work(settings)
        except EncryptedDocumentError as error:
            if not error.asks_for_password or attempt == ATTEMPTS or not is_terminal():
                raise
            from getpass import getpass

            prompt = "Password of" if not settings.password else "This password does not open it. Password of"
            password = getpass(f"{prompt} {name}: ", stream=sys.stderr)
            if not password:
                raise
            settings = replace(settings, password=password)
    raise AssertionError("unreachable")
