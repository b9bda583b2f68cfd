"""Tests look at the sources, not at modules compiled from them: those are held against the sources by a test of their own."""

import os

os.environ["CLAUSE_ANALYZER_PURE"] = "1"
