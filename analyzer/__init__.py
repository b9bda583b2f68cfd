"""Contract clause analyzer for the customer's side of IT maintenance and support contracts.

>>> import analyzer
>>> report = analyzer.analyze("contract.pdf")  # doctest: +SKIP
>>> report.findings  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from analyzer._version import __version__
from analyzer.native import use_native

if TYPE_CHECKING:
    from analyzer.api import (
        Analyzer,
        analyze,
        classify,
        compare,
        evaluate,
        explain,
        find_durations,
        find_quantities,
        reassess,
        train,
    )
    from analyzer.batch import Failure, analyze_many, score
    from analyzer.errors import AnalyzerError
    from analyzer.quantities.business_time import BusinessClock
    from analyzer.report.model import Report
    from analyzer.settings import Limits, Settings, Thresholds

use_native()

_HOMES = {
    **dict.fromkeys(
        ("Analyzer", "analyze", "classify", "compare", "evaluate", "explain", "find_durations", "find_quantities", "reassess", "train"),
        "analyzer.api",
    ),
    **dict.fromkeys(("Failure", "analyze_many", "score"), "analyzer.batch"),
    "AnalyzerError": "analyzer.errors",
    "BusinessClock": "analyzer.quantities.business_time",
    "Report": "analyzer.report.model",
    **dict.fromkeys(("Limits", "Settings", "Thresholds"), "analyzer.settings"),
}

__all__ = [
    "Analyzer",
    "AnalyzerError",
    "BusinessClock",
    "Failure",
    "Limits",
    "Report",
    "Settings",
    "Thresholds",
    "__version__",
    "analyze",
    "analyze_many",
    "classify",
    "compare",
    "evaluate",
    "explain",
    "find_durations",
    "find_quantities",
    "reassess",
    "score",
    "train",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that importing the package costs nothing."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'analyzer' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
