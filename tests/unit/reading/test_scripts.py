"""Texts of other scripts are believed where they can be texts; numbers of glyphs that fall into those scripts are not."""

from __future__ import annotations

import random

import pytest

from analyzer.reading.readers import _is_better, find_fault
from analyzer.reading.runs import RawPage, Run
from analyzer.reading.scripts import is_of_one_script

TEXTS = {
    "ko": "공급자는 신고를 받은 후 네 시간 이내에 응답합니다",
    "zh": "供应商应在收到报告后四小时内作出回应",
    "zh-hant": "供應商應在收到報告後四小時內作出回應",
    "ja": "提供者は報告を受けてから四時間以内に対応する",
    "el": "Ο προμηθευτής απαντά εντός τεσσάρων ωρών",
    "ru": "Поставщик отвечает в течение четырёх часов (SLA)",
    "ar": "يستجيب المورد خلال أربع ساعات",
    "he": "הספק מגיב תוך ארבע שעות",
    "th": "ผู้ให้บริการตอบสนองภายในสี่ชั่วโมง",
}


def page_with(text: str, unmapped: int) -> RawPage:
    return RawPage(1, 595, 842, [Run(text, 50, 100, 500, 112, 12, False)], unmapped=unmapped)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_of_any_script_is_believed(text: str) -> None:
    assert is_of_one_script(text)
    assert _is_better(page_with(text, 0), page_with("\ufffd" * len(text), len(text)))
    # Without a letter for some glyph, pdfium has guessed.
    assert not _is_better(page_with(text, 3), page_with("\ufffd" * len(text), len(text)))


def test_ciphers_are_not_believed() -> None:
    numbers = random.Random(5)
    for first, last in ((0x20, 0x0FFF), (0x0100, 0x2FFF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3)):
        for _ in range(50):
            assert not is_of_one_script("".join(chr(numbers.randint(first, last)) for _ in range(40)))
    assert not is_of_one_script("嘆囈貭鍔嘆囈貭鍔")  # what pdfium makes of 中國文件 in a font of another set
    assert not is_of_one_script("9ROXPHV RI WKH &RQWUDFW")
    assert not is_of_one_script("12.30 ()")


@pytest.mark.parametrize("filler", ["xxx xxxxx xx xxx ", "XxX YyY ZzZ CcC TtT QqQ PpP ", "..dSSSSSP ,=SSSSc bSSF SSSS SSSb "])
def test_rows_of_one_letter_are_no_cipher(filler: str) -> None:
    """A page of filler, or of a drawing made of letters, has few vowels too; what else stands on it was dropped with it."""
    words = "The provider answers within 4 hours by phone, mail or chat, zero days excluded, just ask. Quick fixes come for free."
    page = page_with(f"{words} {filler * 60}", 0)
    assert not find_fault(page)


def test_a_text_of_few_letters_is_no_cipher() -> None:
    assert not find_fault(page_with("pdf_haystack" * 40, 0))


def test_no_characters_are_garbage() -> None:
    assert find_fault(page_with("\uffff" * 40, 0)) == "garbled_page"
