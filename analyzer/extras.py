"""Libraries that only an extra brings: what to install is said where one is missing."""

from __future__ import annotations

import importlib
from typing import Any

from analyzer.errors import SettingsError

#: What brings the libraries that readers import; the rest belongs to the package itself.
_EXTRA_OF = {"PIL": "ocr", "pypdfium2": "ocr", "pypdfium2_raw": "ocr"}


def missing_library(error: ImportError) -> SettingsError:
    """Return a failed import in words: which library, and how to get it.

    Examples
    --------
    >>> print(missing_library(ModuleNotFoundError("no", name="PIL.Image")))
    PIL is not installed (install the extra: pip install 'clause-analyzer[ocr]')
    """
    name = (error.name or "").partition(".")[0]
    extra = f"[{_EXTRA_OF[name]}]" if name in _EXTRA_OF else ""
    hint = f"install the extra: pip install 'clause-analyzer{extra}'" if extra else "install the package again: pip install clause-analyzer"
    if isinstance(error, ModuleNotFoundError) and name:
        return SettingsError(f"{name} is not installed", hint=hint)
    return SettingsError(f"A library cannot be loaded: {error}", hint=hint)


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
