"""The content of a page to operators and their operands.

pdfminer's own parser walks through seven methods per token and took 80 % of the time of a page; here one expression reads an operator with its numbers.
What is not well-formed is left out piece by piece, as viewers do: nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

#: Operands kept for one operator, and the deepest nesting of lists and dictionaries among them.
MAX_OPERANDS = 10_000
MAX_DEPTH = 100
#: The clock is looked at every so many tokens.
TOKENS_PER_LOOK = 1024

_NUMBER = rb"[-+]?(?:\d+(?:\.\d*)?|\.\d+)"
# Numbers and the operator after them. An operator of graphics takes six at most; with a bound, a million numbers without an operator are not tried in a square.
_SIMPLE = re.compile(
    rb"[\t\n\v\f\r ]*+((?:" + _NUMBER + rb"[\t\n\v\f\r ]++){0,6}+)([A-Za-z][A-Za-z0-9]*\*?|['\"])(?=[\0\t\n\v\f\r ()<>\[\]{}/%]|\Z)"
)
_TOKEN = re.compile(
    rb"(?:[\0\t\n\v\f\r ]++|%[^\r\n]*+)*+"
    rb"(?:(?P<number>" + _NUMBER + rb")|\((?P<plain>[^()\\]*)\)|(?P<text>\()|(?P<mark><<|>>|[\[\]{}])|<(?P<hex>[0-9A-Fa-f\0\t\n\v\f\r ]*)>?"
    rb"|/(?P<name>[^\0\t\n\v\f\r ()<>\[\]{}/%]*)|(?P<word>[A-Za-z][^\0\t\n\v\f\r ()<>\[\]{}/%]*)|(?P<other>[\s\S]))"
)  # fmt: skip
_IN_TEXT = re.compile(rb"[()\\]")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\s\S]?))")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\r\n": b"", b"\n": b"", b"\r": b""}
_ESCAPED_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_CONSTANTS: dict[bytes, Any] = {b"true": True, b"false": False, b"null": None}
#: Operators that end what was left open before them: a list without its end would swallow the rest of the page.
_CLOSING = frozenset((b"Tj", b"TJ", b"ET", b"BT", b"BDC", b"BMC", b"EMC"))
_IMAGE_END = re.compile(rb"EI(?=\s|\Z)")
_IMAGE_END_TEXT = re.compile(rb"~>")
_LINE_END = re.compile(rb"(?:\r\n|[\r\n])\Z")


def read_operators(
    data: bytes, make_name: Callable[[str | bytes], Any], look: Callable[[], None], fail: Callable[[BaseException], None]
) -> Iterator[tuple[bytes, list[Any]]]:
    """Yield each operator with the operands before it.

    Parameters
    ----------
    data : bytes
        The content, its streams joined.
    make_name : callable
        Makes what stands for a name.
    look : callable
        Called every 1,024 tokens; raises where the time is over.
    fail : callable
        Called with what was left out, where text may be lost with it.

    Yields
    ------
    tuple of (bytes, list)
        An inline image comes as `EI` with a dictionary and its bytes, whose end is that of its filter or what looks like it.
    """
    names: dict[bytes, Any] = {}
    stack: list[tuple[bytes, list[Any]]] = []
    operands: list[Any] = []
    place, end, count = 0, len(data), 0
    simple, token = _SIMPLE.match, _TOKEN.match
    while place < end:
        count += 1
        if not count % TOKENS_PER_LOOK:
            look()
        if not stack and (match := simple(data, place)):
            place = match.end()
            numbers, word = match.groups()
            if numbers:
                operands += map(float, numbers.split())
        else:
            match = token(data, place)
            if match is None:
                return  # blanks and comments up to the end
            place = match.end()
            kind = match.lastgroup
            value: Any
            if kind == "number":
                value = float(match["number"])
            elif kind == "plain":
                value = match["plain"]
            elif kind == "text":
                value, place = _read_text(data, place)
                if value is None:
                    fail(ValueError("a string without an end"))
                    return
            elif kind == "hex":
                value = _from_hex(match["hex"])
            elif kind == "name":
                raw = match["name"]
                value = names.get(raw)
                if value is None:
                    value = names[raw] = make_name(_name(raw))
            elif kind == "mark":
                mark = match["mark"]
                if mark in (b"[", b"<<", b"{"):
                    if len(stack) >= MAX_DEPTH:
                        fail(ValueError("lists nested too deeply"))
                        stack.clear()
                        operands = []
                        continue
                    stack.append((mark, operands))
                    operands = []
                    continue
                if not stack:
                    continue
                opened, above = stack.pop()
                value = _pairs(operands) if opened == b"<<" else operands
                operands = above
            elif kind == "word":
                word = match["word"]
                if word in _CONSTANTS:
                    value = _CONSTANTS[word]
                elif stack and word not in _CLOSING:
                    continue
                else:
                    value = _CONSTANTS
            else:
                word = match["other"]
                if stack or word not in (b"'", b'"'):
                    continue
                value = _CONSTANTS
            if value is not _CONSTANTS:
                if len(operands) < MAX_OPERANDS or stack:
                    operands.append(value)
                continue
        while stack:
            opened, above = stack.pop()
            above.append(_pairs(operands) if opened == b"<<" else operands)
            operands = above
        if word == b"BI":
            operands = []
            continue
        if word == b"ID":
            image = _pairs(operands)
            found = _find_image_end(data, place + 1, image.get("F", image.get("Filter")))
            if found is None:
                fail(ValueError("an inline image without an end"))
                return
            pixels, place = found
            word, operands = b"EI", [image, pixels]
        yield word, operands
        operands = []


def _read_text(data: bytes, start: int) -> tuple[bytes | None, int]:
    """Return a string with brackets or escapes in it and the place behind it; None where it has no end."""
    depth, place = 1, start
    while True:
        match = _IN_TEXT.search(data, place)
        if match is None:
            return None, len(data)
        place = match.end()
        sign = match[0]
        if sign == b"\\":
            place += 1
        elif sign == b"(":
            depth += 1
        else:
            depth -= 1
            if not depth:
                return _ESCAPE.sub(_unescape, data[start : place - 1]), place


def _unescape(match: re.Match[bytes]) -> bytes:
    octal, sign = match.groups()
    return bytes((int(octal, 8) & 255,)) if octal else _ESCAPED.get(sign, sign)


def _from_hex(digits: bytes) -> bytes:
    digits = b"".join(digits.replace(b"\0", b"").split())
    return bytes.fromhex((digits + b"0" if len(digits) & 1 else digits).decode("ascii"))


def _name(raw: bytes) -> str | bytes:
    if b"#" in raw:
        raw = _ESCAPED_NAME.sub(lambda match: bytes((int(match[1], 16),)), raw)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw


def _pairs(values: list[Any]) -> dict[str, Any]:
    return {str(getattr(key, "name", key)): value for key, value in zip(values[::2], values[1::2], strict=False)}


def _find_image_end(data: bytes, start: int, filters: Any) -> tuple[bytes, int] | None:
    """Return the bytes of an inline image and the place behind its end, or None.

    Pixels can spell its end as well; what follows them is seldom plain text.
    """
    first = filters[0] if isinstance(filters, list) and filters else filters
    if getattr(first, "name", "") in ("A85", "ASCII85Decode"):
        match = _IMAGE_END_TEXT.search(data, start)
        if match is not None:
            after = _IMAGE_END.search(data, match.end())
            return data[start : match.end()], after.end() if after else match.end()
        return None
    for match in _IMAGE_END.finditer(data, start):
        if all(byte in (9, 10, 12, 13) or 32 <= byte < 127 for byte in data[match.end() : match.end() + 12]):
            return _LINE_END.sub(b"", data[start : match.start()]), match.end()
    return None
