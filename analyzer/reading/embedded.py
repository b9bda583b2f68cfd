"""Objects and charts within a DOCX or an ODT: which there are, wherever the file puts them and whatever it calls them."""

from __future__ import annotations

import contextlib
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from analyzer.errors import CorruptDocumentError, UnsafeDocumentError
from analyzer.reading.packages import Package
from analyzer.types import Notice

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"
#: The id of a relation, in the usual form of the format and in the strict one.
_RELATION_IDS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_CHART_TYPE = re.compile(r"drawingml\.chart\+xml|chartex\+xml", re.IGNORECASE)
_CHART_RELATION = re.compile(r"/(?:chart|chartEx)$")
_CHART_NAME = re.compile(r"word/charts/chart[^/]*\.xml", re.IGNORECASE)
#: Parts of a DOCX in which something can be put.
_HOLDERS = re.compile(r"word/(?:document|header|footer|footnotes|endnotes)\d*\.xml")

_NS = "{urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _DRAW, _TEXT = (f"{_NS}{name}:1.0}}" for name in ("office", "drawing", "text"))
_HREF = "{http://www.w3.org/1999/xlink}href"
_OBJECT = re.compile(r"(?:\./)?Object \d{1,4}/content\.xml")
_OTHER_KINDS = frozenset(f"{_OFFICE}{kind}" for kind in ("spreadsheet", "text", "presentation", "drawing"))

Part = Callable[[str], Any]


def relations_of(name: str, part: Part) -> list[Any]:
    """Return the relations of a part of a DOCX."""
    root = part("{}/_rels/{}.rels".format(*posixpath.split(name)))
    return [node for node in root if isinstance(node.tag, str)] if root is not None else []


def word_charts(package: Package, part: Part) -> list[str]:
    """Return the names of the charts of a DOCX, by content type, by relation and by their usual name; some may not be in the file."""
    names = package.names
    found = {name for name in names if _CHART_NAME.fullmatch(name)}
    # Nothing else asks for the types, so a damaged list of them is no loss to tell of.
    with contextlib.suppress(CorruptDocumentError, UnsafeDocumentError):
        for node in package.parse("[Content_Types].xml"):
            if _CHART_TYPE.search(node.get("ContentType") or "") and node.get("PartName"):
                found.add(node.get("PartName").lstrip("/"))
    for holder in filter(_HOLDERS.fullmatch, names):
        for relation in relations_of(holder, part):
            if _CHART_RELATION.search(relation.get("Type") or "") and relation.get("TargetMode") != "External":
                found.add(posixpath.normpath(posixpath.join("/word", relation.get("Target") or "")).lstrip("/"))
    return sorted(found)


def word_objects(names: Iterable[str], part: Part) -> list[str]:
    """Return the names of the files that are put into a DOCX as objects, such as tables of Excel or other documents."""
    found: dict[str, None] = {}
    for holder in sorted(filter(_HOLDERS.fullmatch, names)):
        root = part(holder)
        if root is None:
            continue
        nodes = [node for node in root.iter(_OLE, f"{_W}objectEmbed", f"{_W}objectLink", f"{_W}control") if not _is_deleted(node)]
        targets = {relation.get("Id"): relation.get("Target") or "" for relation in relations_of(holder, part)} if nodes else {}
        for node in nodes:
            identifier = next(filter(None, map(node.get, _RELATION_IDS)), "")
            name = targets.get(identifier) or node.get("ProgID") or node.get(f"{_W}progId") or identifier or "?"
            found.setdefault(re.split(r"[/\\]", name.rstrip("/\\"))[-1])
    return list(found)


def _is_deleted(node: Any) -> bool:
    return next(node.iterancestors(f"{_W}del", f"{_W}moveFrom"), None) is not None


def odf_objects(package: Package | None, roots: list[Any], notices: list[Notice]) -> list[Any]:
    """Return the roots of what is put into an OpenDocument text and may hold charts; what is no chart is named as unread in `notices`.

    Parameters
    ----------
    package : Package or None
        None for a flat file, which holds its objects itself.
    roots : list of lxml elements
        Content and styles.
    notices : list of Notice
        Gets `broken_part` and `unread_attachment`.
    """
    found: list[Any] = []
    unread: dict[str, None] = {}
    parts: dict[str, str] = {}
    names = package.names if package is not None else frozenset()
    for node in (node for root in roots for node in root.iter(f"{_DRAW}object", f"{_DRAW}object-ole")):
        if next(node.iterancestors(f"{_TEXT}tracked-changes"), None) is not None:
            continue
        if next(node.iter(f"{_OFFICE}chart"), None) is not None:
            found.append(node)
            continue
        title = (node.get(_HREF) or "").removeprefix("./").rstrip("/")
        inside = next((name for name in (f"{title}/content.xml", f"./{title}/content.xml") if name in names), None)
        if inside is not None:
            parts[inside] = title
        else:
            frame = node.getparent()
            unread.setdefault(title or (frame.get(f"{_DRAW}name") if frame is not None else None) or "?")
    referred = frozenset(parts)
    parts |= {name: name.rsplit("/", 1)[0] for name in names if name not in parts and _OBJECT.fullmatch(name)}
    for name, title in sorted(parts.items()):
        try:
            root = package.parse(name) if package is not None else None
        except (CorruptDocumentError, UnsafeDocumentError):
            notices.append(Notice("broken_part", f"A part of the OpenDocument file is damaged and was not read: {name}"))
            continue
        kinds = set(_kinds(root))
        if f"{_OFFICE}chart" in kinds:
            found.append(root)
        elif name in referred or kinds & _OTHER_KINDS:
            unread.setdefault(title)
    notices += [Notice("unread_attachment", f"An object within the OpenDocument file was not read: {name}", name=name) for name in unread]
    return found


def _kinds(root: Any) -> Iterator[str]:
    body = root.find(f"{_OFFICE}body")
    return (child.tag for child in body if isinstance(child.tag, str)) if body is not None else iter(())
