"""Shared fixtures: the samples, a small model trained once, builders of PDF and DOCX files."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.classification.training import LabelledRow, Training, train_model

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "data" / "samples"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regen", action="store_true", help="rewrite the golden reports; read the diff like code")


@pytest.fixture(scope="session")
def make_pdf() -> Callable[..., bytes]:
    """Return a function that draws lines on pages: [[(x, y from the top, text, font, size), ...], ...]."""

    def make(pages: list[list[tuple[float, float, str, str, float]]], rules: list[tuple[float, float, float, float]] = ()) -> bytes:  # type: ignore[assignment]
        from reportlab.lib.pagesizes import A4
        from reportlab.pdfgen.canvas import Canvas

        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=A4, invariant=1)
        for page in pages:
            for x, top, text, font, size in page:
                canvas.setFont(font, size)
                canvas.drawString(x, A4[1] - top, text)
            for x0, top, x1, bottom in rules:
                canvas.line(x0, A4[1] - top, x1, A4[1] - bottom)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    return make


TOPICS = {
    "fees": ["The fee is CHF {} per month.", "Invoices are payable within {} days.", "Travel costs are charged at CHF {}.", "The hourly rate is EUR {}."],
    "liability": ["Liability is limited to CHF {}.", "The provider is not liable for damage over {}.", "Liability for data loss is excluded in {} cases.",
                  "Indirect damage above {} is not compensated; liability ends there."],
    "term": ["The contract runs for {} months.", "It begins on day {} and is renewed for a year.", "The minimum term is {} months.", "The term ends after {} years."],
    "other": ["The parties met {} times.", "Page {} of the document.", "Our company has {} employees.", "Annex {} lists the contacts."],
}  # fmt: skip


@pytest.fixture(scope="session")
def small_rows() -> list[LabelledRow]:
    """Return 240 short rows of three categories and other, in 12 documents."""
    return [
        LabelledRow(sentences[(doc + i) % 4].format(doc * 3 + i + 2), (topic,), (), f"doc-{doc}", "en")
        for doc in range(12)
        for topic, sentences in TOPICS.items()
        for i in range(5)
    ]


@pytest.fixture(scope="session")
def small_training(small_rows: list[LabelledRow]) -> Training:
    """Return a model trained on `small_rows`, in a second."""
    return train_model(small_rows, n_jobs=1)
