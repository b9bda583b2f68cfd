"""A language that the package does not have needs a lexicon and cases, and no code: Spanish."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzer.quantities import find_quantities, lexicon
from tests.unit.quantities.test_cases import _shown

FOLDER = Path(__file__).parent / "another_language"
CASES = [json.loads(line) for line in (FOLDER / "es.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(autouse=True)
def spanish(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the lexicon beside those of the package."""
    words = tomllib.loads((FOLDER / "es.toml").read_text(encoding="utf-8"))
    known = lexicon.read_lexicon
    monkeypatch.setattr(lexicon, "read_lexicon", lambda language: words if language == "es" else known(language))
    lexicon.load_lexicon.cache_clear()
    yield
    lexicon.load_lexicon.cache_clear()


@pytest.mark.parametrize("case", CASES, ids=[f"{case['kind']}-{number}" for number, case in enumerate(CASES, 1)])
def test_spanish_is_read_with_a_lexicon_alone(case: dict[str, Any]) -> None:
    assert _shown(case["kind"], case["text"], find_quantities(case["text"], language="es")) == case["expected"]
