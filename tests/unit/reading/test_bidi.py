"""Hebrew and Arabic lines of a PDF come in the order in which they are spoken, from either reader; other lines are left alone."""

from __future__ import annotations

import pytest

from analyzer.reading.bidi import runs_right_to_left, turn_line
from analyzer.reading.layout import layout_page
from analyzer.reading.runs import RawPage, Run

HEBREW = "הספק מגיב תוך 24 שעות (SLA 2.1) בימי עבודה"
SEEN = "הדובע ימיב (SLA 2.1) תועש 24 ךות ביגמ קפסה"


def test_a_line_is_turned_both_ways() -> None:
    assert turn_line(SEEN) == HEBREW
    assert turn_line(HEBREW) == SEEN


@pytest.mark.parametrize(
    ("seen", "spoken"),
    [
        ("ﺔﻴﺑﺮﻌﻟا طﻮﻄﺧ", "خطوط العربية"),  # forms of Arabic letters by their place in the word
        ("Hello ﺪﻤﺤﻣ World.", "Hello محمد World."),
        (".םולש", "שלום."),
        ("25/12/2024 :ךיראת", "תאריך: 25/12/2024"),
        ("(א) ףיעס", "סעיף (א)"),
        ("Price 24 hours.", "Price 24 hours."),
        ("", ""),
    ],
)
def test_order_of_letters(seen: str, spoken: str) -> None:
    assert turn_line(seen) == spoken


def test_other_scripts_are_left_alone() -> None:
    assert not any(runs_right_to_left(text) for text in ("Störung, 4 h", "Ελληνικά", "Русский", "日本語", "«x»", ""))


def test_a_page_of_hebrew_is_read_from_the_right() -> None:
    words = SEEN.split(" ")
    runs, x = [], 50.0
    for word in words:  # one run per word, from left to right as they are placed
        runs.append(Run(word, x, 100, x + 6 * len(word), 112, 12, False))
        x += 6 * len(word) + 3
    lines, _, _ = layout_page(RawPage(1, 595, 842, runs))
    assert [line.text for line in lines] == [HEBREW]
