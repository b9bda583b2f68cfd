"""A Document to its sentences: headings with their path, sentences, list items, table rows, each with its language."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.structure.contents import find_contents
from analyzer.structure.headings import HeadingPath, guess_heading
from analyzer.structure.language import detect_block_language, detect_language
from analyzer.structure.sentences import split_sentences
from analyzer.structure.tables import count_first_table as _first_table
from analyzer.structure.tables import head_cells
from analyzer.types import Document, Line, Page, Part, Sentence, SentenceKind, Span

__all__ = ["detect_language", "split_document", "split_sentences"]

_ITEM = re.compile(
    r"\s*(?:[☐☑☒•▪●○■□◦‣⁃∙·➢➤✓✔*–—-]\s+|\(?[a-z]{1,2}\)\s+|\(?[ivx]{1,4}\)\s+|\(?\d{1,2}\)\s+|[a-z]\.\s+|[ivx]{2,4}\.\s+|(?:lit|lett?)\.?\s?[a-z]\b[.)]?\s+|\d{1,2}(?:\.\d{1,2}){0,4}\.?\s+(?=\S))"
)
#: "within sixty\n(60) days", "may (i) use its staff and\n(ii) employ others": marks in brackets that fell to the start of a line.
_BRACKET_ITEM = re.compile(r"\s*\((?:[a-z]{1,2}|[ivx]{1,4}|\d{1,2})\)\s")
_NUMBER_ITEM = re.compile(r"\s*\d{1,2}(?:\.\d{1,2}){0,4}\.?\s")
_END_MARKS = frozenset(".!?:;…")
_CLOSING_MARKS = frozenset("\"»”')]")
#: A line longer than this is a paragraph that was never wrapped.
UNWRAPPED = 180


@dataclass(slots=True)
class _Block:
    start: int
    end: int
    lines: list[Line]

    @property
    def hint(self) -> str:
        return self.lines[0].hint


def split_document(document: Document, *, language: str | None = None, main: str | None = None) -> tuple[Sentence, ...]:
    """Split a document into its rows, in reading order.

    Parameters
    ----------
    document : Document
    language : str, optional
        Language of the document; by default it is detected.
    main : str, optional
        What `detect_language` says of the whole text, where that is known already.

    Returns
    -------
    tuple of Sentence
        Their spans are spans of `document.text`; lines of a table of contents are left out. Language, headings and the usual type size are
        those of each file, where the document is made of several.
    """
    rows: list[Sentence] = []
    for part, pages in _pages_of_parts(document):
        whole = part.span.start == 0 and part.span.end == len(document.text)
        spoken = language or (main if whole else None) or detect_language(document.text[part.span.start : part.span.end])
        _split_part(rows, document.text, pages, language, spoken)
    return tuple(rows)


def _pages_of_parts(document: Document) -> list[tuple[Part, tuple[Page, ...]]]:
    starts = [part.first_page - 1 for part in document.parts]
    ends = [*starts[1:], len(document.pages)]
    return [(part, document.pages[start:end]) for part, start, end in zip(document.parts, starts, ends, strict=True)]


def _split_part(rows: list[Sentence], text: str, pages: tuple[Page, ...], language: str | None, main: str) -> None:
    """Append the rows of one file, whose language is `language` throughout, or `main` where a block speaks no other."""
    body_pt = _body_size(pages)
    blocks = _blocks(pages, text)
    contents = find_contents([_printed(block, text) for block in blocks])
    blocks = [block for number, block in enumerate(blocks) if number not in contents and block.hint != "toc"]
    path = HeadingPath()
    position = 0
    while position < len(blocks):
        block = blocks[position]
        if block.hint == "table_row":
            end = position
            while end < len(blocks) and blocks[end].hint == "table_row":
                end += 1
            end = position + _first_table([block.lines for block in blocks[position:end]])
            _add_table(rows, blocks[position:end], text, main, path.titles)
            position = end
            continue
        position += 1
        flat = text[block.start : block.end].replace("\n", " ")
        spoken = language or detect_block_language(flat, main)
        first = block.lines[0]
        following = blocks[position] if position < len(blocks) else None
        guess = guess_heading(
            flat,
            hint=first.hint,
            bold=all(line.bold for line in block.lines),
            size_pt=first.size_pt,
            body_pt=body_pt,
            lines=len(block.lines),
            language=spoken,
            alone=following is None
            or following.start > block.end + 1
            or following.lines[0].bold != first.bold
            or _opens_paragraph(text[following.start : following.end]),
        )
        if guess is not None:
            path.close_for(guess)
            rows.append(Sentence(len(rows), Span(block.start, block.end), SentenceKind.HEADING, spoken, flat, path.titles))
            path.add(guess, flat)
            continue
        path.note_text(flat)
        # Where notes stand at the end of the file, no heading says where they belong.
        titles = () if block.hint == "note" and first.box is None else path.titles
        item = block.hint == "list_item" or (block.hint != "note" and _ITEM.match(flat))
        kind = SentenceKind.LIST_ITEM if item else SentenceKind.SENTENCE
        for span in split_sentences(flat, language=spoken, offset=block.start):
            words = text[span.start : span.end].replace("\n", " ")
            rows.append(Sentence(len(rows), span, kind, spoken, words, titles))


def _printed(block: _Block, text: str) -> list[str]:
    """Return the lines of a block; a row of a table is one."""
    if block.hint == "table_row":
        return [text[block.start : block.end]]
    return [text[line.span.start : line.span.end] for line in block.lines]


def _opens_paragraph(words: str) -> bool:
    """Tell whether a block right under a short line reads like the text under a heading: a sentence, no further item of a list."""
    return words[:1].isupper() and not _ITEM.match(words) and (len(words) > 60 or _ends_text(words))


def _ends_text(words: str) -> bool:
    """Tell whether a line ends with a mark of punctuation, perhaps with a closing quote or bracket behind it."""
    words = words.rstrip()
    return words[-1:] in _END_MARKS or (words[-1:] in _CLOSING_MARKS and words[-2:-1] in _END_MARKS)


def _add_table(rows: list[Sentence], blocks: list[_Block], text: str, main: str, path: tuple[str, ...]) -> None:
    cells = [[line.span for line in block.lines] for block in blocks]
    bold = [all(line.bold for line in block.lines) for block in blocks]
    for block, headed in zip(blocks, head_cells(text, cells, bold), strict=True):
        words = text[block.start : block.end].replace("\n", " ")
        spoken = detect_block_language(words, main)
        rows.append(Sentence(len(rows), Span(block.start, block.end), SentenceKind.TABLE_ROW, spoken, words, path, headed))


def _body_size(pages: Sequence[Page]) -> float | None:
    """Return the type size in which most of the text is set, or None where the format does not tell."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            if line.size_pt:
                sizes[round(line.size_pt * 2) / 2] += line.span.end - line.span.start
    return sizes.most_common(1)[0][0] if sizes else None


def _blocks(pages: Sequence[Page], text: str) -> list[_Block]:
    """Group lines to blocks: by the empty lines of the text, then at items and headings inside them."""
    blocks: list[_Block] = []
    current: list[Line] = []

    def close() -> None:
        nonlocal current
        if current:
            for part in _parts(current, text):
                blocks.append(_Block(part[0].span.start, part[-1].span.end, part))
            current = []

    for page in pages:
        for line in page.lines:
            if current:
                gap = text[current[-1].span.end : line.span.start]
                if current[0].hint == "note" == line.hint and "\n\n" not in gap:
                    current.append(line)  # a note of several lines
                    continue
                if "\n\n" in gap or (line.hint and line.hint != "table_cell") or (current[-1].hint and line.hint != "table_cell"):
                    close()
            current.append(line)
    close()
    return blocks


def _parts(lines: list[Line], text: str) -> Sequence[list[Line]]:
    """Cut a block at lines that begin an item, a heading or a paragraph that was never wrapped."""
    if len(lines) == 1 or lines[0].hint in ("table_row", "table_cell", "note"):
        return [lines]
    widest = max(line.span.end - line.span.start for line in lines)
    parts: list[list[Line]] = [[lines[0]]]
    for before, line in itertools.pairwise(lines):
        words, last = text[line.span.start : line.span.end], text[before.span.start : before.span.end]
        first = text[parts[-1][0].span.start : parts[-1][0].span.end]
        ended = _ends_text(last)
        short = len(last) < 0.72 * widest
        item = _ITEM.match(words)
        if item and _NUMBER_ITEM.match(words) and not ended and not short:
            item = None  # a figure that fell to the start of a line: "innert\n30 Tagen"
        elif item and _BRACKET_ITEM.match(words) and not (ended or short or line.bold or _BRACKET_ITEM.match(first)):
            item = None
        breaks = (
            bool(item)
            or (len(last) > UNWRAPPED and words[:1].isupper())
            or (ended and short and (words[:1].isupper() or not words[:1].isalpha()))
            or (short and len(last) < 70 and words[:1].isupper() and bool(_NUMBER_ITEM.match(last)) and not ended)
            or (line.bold != before.bold and (ended or short))
        )
        if breaks:
            parts.append([line])
        else:
            parts[-1].append(line)
    return parts
