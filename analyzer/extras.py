"""Libraries that only an extra brings: what to install is said where one is missing."""

from __future__ import annotations

import importlib
from typing import Any

from analyzer.errors import SettingsError


def load_extra(library: str, extra: str, what: str) -> Any:
    """Import a library of an extra.

    Parameters
    ----------
    library, extra : str
        Name of the module, and of the extra of this package that installs it.
    what : str
        What needs it, as the subject of a sentence in the plural: "Data frames".

    Raises
    ------
    SettingsError
        It is not installed.
    """
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise SettingsError(f"{what} need {library}", hint=f"install the extra: pip install 'clause-analyzer[{extra}]'") from error
