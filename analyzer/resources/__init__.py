"""Loads the package data (TOML beside this file), once per process."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from analyzer.errors import ResourceError, UnknownLanguageError
from analyzer.types import LANGUAGES


@cache
def read_toml(name: str) -> dict[str, Any]:
    """Return the content of a shipped TOML file, e.g. `"lexicon/fr.toml"`. The result is shared: do not change it.

    Raises
    ------
    ResourceError
        No such file, or not valid TOML.
    """
    try:
        return tomllib.loads((files(__name__) / name).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ResourceError(f"Package data {name} is missing or faulty: {error}") from error


def read_lexicon(language: str) -> dict[str, Any]:
    """Return the words of a language for quantities: numbers, units, comparators, days.

    Raises
    ------
    UnknownLanguageError
        No lexicon for `language`.
    """
    if not (files(__name__) / "lexicon" / f"{language}.toml").is_file():
        raise UnknownLanguageError(f"No lexicon for language {language!r}", hint="known: " + ", ".join(LANGUAGES))
    return read_toml(f"lexicon/{language}.toml")
