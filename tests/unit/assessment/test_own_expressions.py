"""Expressions in a user's own rules: what is faulty is named with its rule, before anything is read."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer.assessment.document_rules import _blank_fields, _missing_annex
from analyzer.errors import ResourceError


@pytest.mark.parametrize("blanks", ["_{3,}", [3], None, ["(open"]])
def test_faulty_blanks_are_named(blanks: Any) -> None:
    with pytest.raises(ResourceError, match="rule 'mine'"):
        _blank_fields({"blanks": blanks}, {}, "rule 'mine'")


@pytest.mark.parametrize("words", [None, {"en": "annex"}, {"en": [3]}, {"en": ["annex("]}])
def test_faulty_words_are_named(words: Any) -> None:
    with pytest.raises(ResourceError, match="rule 'mine'"):
        _missing_annex({"words": words}, {}, "rule 'mine'")
