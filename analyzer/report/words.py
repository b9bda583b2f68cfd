"""Words of reports in the reader's language."""

from __future__ import annotations

from analyzer.resources import read_toml
from analyzer.types import LANGUAGES, Notice


def word(group: str, key: str, language: str) -> str:
    """Return a word of `messages.toml`; English where the language is unknown."""
    entry = read_toml("messages.toml")[group][key]
    text: str = entry[language if language in LANGUAGES else "en"]
    return text


def notice_text(notice: Notice, language: str) -> str:
    """Return a notice in words; its own message where no translation is known."""
    known = read_toml("messages.toml")["notice"]
    if notice.code not in known:
        return notice.message
    return word("notice", notice.code, language).format(page=notice.page)
