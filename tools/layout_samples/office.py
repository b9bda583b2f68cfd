"""The same matters in DOCX, ODT, HTML and Markdown, written by hand so that nothing but what is meant is in the files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

_W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def _pack(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, method)
    return buffer.getvalue()


def _docx(body: str, **parts: str) -> bytes:
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS,
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
    }
    return _pack(files | {f"word/{name}.xml": content for name, content in parts.items()})


def _p(text: str, properties: str = "", run: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def _style(name: str) -> str:
    return f'<w:pStyle w:val="{name}"/>'


def _item(level: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'


def _tc(content: str, properties: str = "", *, bold: bool = False) -> str:
    inner = content if content.startswith("<") else _p(content, run="<w:b/>" if bold else "")
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def _tr(*cells: str, head: bool = False) -> str:
    return f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if head else ''}{''.join(cells)}</w:tr>"


_DOWN, _GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"

_STYLES = (
    f'<w:styles {_W}><w:style w:type="paragraph" w:styleId="Titre1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Titre2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="TM1"><w:name w:val="toc 1"/></w:style></w:styles>'
)
_NUMBERING = (
    f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Article %1"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl>'
    '<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="(%4)"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)


def word() -> bytes:
    """Numbering, contents, text box, content control, tracked changes, comments, footnote, header."""
    body = (
        _p("Contrat de support")
        + _p("Objet 1", _style("TM1")) + _p("Délais 2", _style("TM1"))
        + _p("Objet", _style("Titre1") + _item(0))
        + _p("Le prestataire assure le support des systèmes du client.", _item(1))
        + "<w:p><w:pPr>" + _item(1) + '</w:pPr><w:r><w:t xml:space="preserve">Le support est fourni </w:t></w:r>'
        '<w:del w:id="1"><w:r><w:delText>en anglais</w:delText></w:r></w:del><w:ins w:id="2"><w:r><w:t>en français</w:t></w:r></w:ins>'
        '<w:commentRangeStart w:id="0"/><w:r><w:t xml:space="preserve"> et par écrit</w:t></w:r><w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
        '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>.</w:t></w:r></w:p>'
        + _p("Délais", _style("Titre1") + _item(0))
        + _p("Le prestataire intervient:", _item(1))
        + _p("en cas de panne totale dans l'heure;", _item(2)) + _p("dans les autres cas:", _item(2))
        + _p("le jour même avant midi;", _item(3)) + _p("le lendemain après midi.", _item(3))
        + "<w:sdt><w:sdtContent>" + _p("Le client choisit la variante Confort.", _item(1)) + "</w:sdtContent></w:sdt>"
        + "<w:p><w:r><w:t>Annexe A</w:t></w:r><w:r><w:pict><v:textbox><w:txbxContent>" + _p("Numéro d'urgence: voir le portail du prestataire.")
        + "</w:txbxContent></v:textbox></w:pict></w:r></w:p>"
    )  # fmt: skip
    return _docx(
        body, styles=_STYLES, numbering=_NUMBERING,
        footnotes=f'<w:footnotes {_W}><w:footnote w:type="separator" w:id="0">{_p("")}</w:footnote>'
        f'<w:footnote w:id="2">{_p("Les courriels valent écrit.")}</w:footnote></w:footnotes>',
        comments=f'<w:comments {_W}><w:comment w:id="0">{_p("À vérifier avec le service juridique.")}</w:comment></w:comments>',
        header1=f"<w:hdr {_W}>{_p('Confidentiel')}</w:hdr>",
    )  # fmt: skip


def word_table() -> bytes:
    """Service levels with a head of two rows, a priority over two rows, cells of two paragraphs, and a table in a cell."""
    nested = f"<w:tbl>{_tr(_tc('Standort'), _tc('Bern'))}{_tr(_tc('Ersatz'), _tc('Zürich'))}</w:tbl>" + _p("")
    table = (
        _tr(_tc("Priorität", _DOWN, bold=True), _tc("Zeiten", '<w:gridSpan w:val="2"/>', bold=True), head=True)
        + _tr(_tc("", _GOES_ON), _tc("Reaktionszeit", bold=True), _tc("Behebungszeit", bold=True), head=True)
        + _tr(_tc(_p("P1") + _p("(kritisch)")), _tc("1 Stunde"), _tc("4 Stunden"))
        + _tr(_tc("P2"), _tc("4 Stunden"), _tc("1 Arbeitstag"))
        + _tr(_tc("P3"), _tc("1 Arbeitstag"), _tc("5 Arbeitstage"))
    )
    other = _tr(_tc("Gerät", bold=True), _tc("Orte", bold=True)) + _tr(_tc("Server"), f"<w:tc>{nested}</w:tc>")
    body = (
        _p("3. Servicezeiten", run="<w:b/>") + _p("Es gelten die folgenden Zeiten.") + f"<w:tbl>{table}</w:tbl>"
        + _p("4. Geräte", run="<w:b/>") + f"<w:tbl>{other}</w:tbl>" + _p("Weitere Geräte nach Absprache.")
    )  # fmt: skip
    return _docx(body)


def _odt_row(cells: Sequence[str]) -> str:
    return "<table:table-row>" + "".join(cells) + "</table:table-row>"


def _odt_cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>" + "".join(f"<text:p>{part}</text:p>" for part in text.split("\n")) + "</table:table-cell>"


def odt() -> bytes:
    """Outline numbers, a footnote, and a table with merged cells."""
    namespaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"))
    )
    table = (
        "<table:table><table:table-header-rows>" + _odt_row([_odt_cell("Priorità"), _odt_cell("Tempo di intervento"), _odt_cell("Tempo di ripristino")])
        + "</table:table-header-rows>"
        + _odt_row([_odt_cell("P1\n(bloccante)"), _odt_cell("1 ora"), _odt_cell("4 ore")])
        + _odt_row([_odt_cell("P2"), _odt_cell("4 ore"), _odt_cell("2 giorni lavorativi", 'table:number-rows-spanned="2"')])
        + _odt_row([_odt_cell("P3"), _odt_cell("1 giorno lavorativo"), "<table:covered-table-cell/>"]) + "</table:table>"
    )  # fmt: skip
    content = (
        f"<office:document-content {namespaces}><office:body><office:text>"
        '<text:h text:outline-level="1">1 Livelli di servizio</text:h>'
        "<text:p>I tempi decorrono dalla segnalazione<text:note text:note-class='footnote'><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Anche per posta elettronica.</text:p></text:note-body></text:note> del guasto.</text:p>" + table +
        '<text:h text:outline-level="1">2 Corrispettivo</text:h><text:p>Il canone è di EUR 900 al mese.</text:p>'
        "</office:text></office:body></office:document-content>"
    )  # fmt: skip
    return _pack({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


HTML = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Support</title></head><body>
<nav><a href="#1">1. Scope</a></nav>
<h1>Support Agreement</h1>
<h2>1. Scope</h2>
<ol type="a"><li>Remote support</li><li>On-site support</li></ol>
<h2>2. Service levels</h2>
<table>
<tr><th rowspan="2">Priority</th><th colspan="2">Times</th></tr>
<tr><th>Response time</th><th>Resolution time</th></tr>
<tr><td>P1<br>(critical)</td><td>1 hour</td><td>4 hours</td></tr>
<tr><td>P2</td><td>4 hours</td><td>2 business days</td></tr>
</table>
<dl><dt>Fault</dt><dd>A system does not do what it should.</dd></dl>
</body></html>
"""

MARKDOWN = """# Contrat d'assistance

## 1. Prestations

Le prestataire fournit:

1. l'assistance à distance;
2. l'assistance sur place:
   - au siège,
   - dans les succursales.

## 2. Niveaux de service

| Priorité | Délai d'intervention | Délai de résolution |
|:---------|---------------------:|:-------------------:|
| P1       | 1 heure              | 4 heures            |
| P2       | 4 heures             | 2 jours ouvrables   |

Le montant est de [●] francs.
"""

SAMPLES = {
    "word-fr": ("docx", word), "word-table-de": ("docx", word_table), "odt-it": ("odt", odt), "html-en": ("html", lambda: HTML.encode()),
    "markdown-fr": ("md", lambda: MARKDOWN.encode()),
}  # fmt: skip
