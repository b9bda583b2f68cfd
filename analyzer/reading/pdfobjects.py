"""Finds the objects of a PDF whose own table of them is lost or wrong."""

from __future__ import annotations

import re
from typing import Any

_OBJECT = re.compile(rb"(?<![0-9])(\d{1,9})[\s\0]{1,20}(\d{1,5})[\s\0]{1,20}obj(?![a-z])")
_TRAILER = re.compile(rb"trailer[\s\0]{0,20}<<")
#: How far into an object its type is looked for, and the most objects of a file.
_TYPE_WITHIN = 400
MAX_OBJECTS = 500_000

Offsets = dict[int, tuple[int | None, int, int]]


def rebuild_offsets(parser: Any) -> tuple[Offsets, dict[str, Any]]:
    """Return where each object stands (its last version), and the trailer: the last that names a root, or one made for the catalog that is found.

    Parameters
    ----------
    parser : Parser of `analyzer.reading.bounded`

    Raises
    ------
    TimeLimitError
        The time of the document is over: what begins a thousand times and never ends is read to the end of the file each time.
    """
    from pdfminer.pdftypes import PDFObjRef, PDFStream
    from pdfminer.psexceptions import PSException

    faults = (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, RecursionError, OSError, PSException)
    data: bytes = parser.content
    offsets: Offsets = {}
    special: list[int] = []
    catalogs: dict[int, None] = {}
    trailer: dict[str, Any] = {}
    for match in _OBJECT.finditer(data):
        number = int(match[1])
        offsets[number] = (None, match.start(), int(match[2]))
        if len(offsets) > MAX_OBJECTS:
            break
        head = data[match.end() : match.end() + _TYPE_WITHIN]
        head = head[: head.find(b"endobj")] if b"endobj" in head else head
        if b"/ObjStm" in head or b"/XRef" in head:
            special.append(number)
        elif b"/Catalog" in head:
            catalogs.pop(number, None)
            catalogs[number] = None
    for match in _TRAILER.finditer(data):
        parser.meter.check_time()
        try:
            parser.seek(match.start() + len(b"trailer"))
            _, found = parser.nextobject()
        except faults:
            continue
        if isinstance(found, dict):
            trailer.update({key: value for key, value in found.items() if key in ("Root", "Encrypt", "ID", "Info")})
    packed: list[tuple[int, Any]] = []
    for number in dict.fromkeys(special):
        parser.meter.check_time()
        try:
            parser.seek(offsets[number][1])
            for _ in range(3):
                parser.nexttoken()
            _, found = parser.nextobject()
        except faults:
            continue
        if not isinstance(found, PDFStream):
            continue
        if getattr(found.get("Type"), "name", "") == "XRef":
            trailer.update({key: found[key] for key in ("Root", "Encrypt", "ID", "Info") if key in found})
        else:
            packed.append((number, found))
    if "Encrypt" not in trailer:
        for number, stream in packed:
            try:
                first = int(stream["First"])
                numbers = [int(word) for word in stream.get_data()[:first].split()[0::2]]
            except faults:
                continue
            for index, inner in enumerate(numbers[:MAX_OBJECTS]):
                offsets.setdefault(inner, (number, index, 0))
    root = getattr(trailer.get("Root"), "objid", None)
    # A trailer that names something else for the root, as one of a later version of the file can, is as wrong as the table.
    if catalogs and (root is None or (root not in catalogs and offsets.get(root, (None, 0, 0))[0] is None)):
        trailer["Root"] = PDFObjRef(parser.doc, next(reversed(catalogs)))
    parser.reset()
    return offsets, trailer
