from __future__ import annotations

import pytest

from analyzer.reading import read_document
from analyzer.structure import detect_language, split_document, split_sentences
from analyzer.types import SentenceKind


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "Selon l'art. 5 al. 2, le délai est de 4 h. Il court dès l'annonce.", 2),
        ("fr", "Le prix est de CHF 1'000.- par mois. Il est dû d'avance.", 2),
        ("fr", "M. Dupont représente la société. Il signe.", 2),
        ("fr", "Le ch. 3.1 s'applique, p. ex. aux serveurs, etc. Le reste est exclu.", 2),
        ("fr", "Il écrit: «Le contrat est résilié.» Le client répond.", 2),
        ("de", "Gemäss Ziff. 3.1 und Art. 5 Abs. 2 gilt die Frist. Sie beträgt z.B. 4 Std. ab Meldung.", 2),
        ("de", "Der Vertrag beginnt am 1. Januar 2026 und endet im 3. Quartal. Er ist kündbar.", 2),
        ("de", "Die Reaktionszeit beträgt 4 Stunden, d. h. einen halben Tag, bzw. i. d. R. weniger. Sie läuft ab Eingang.", 2),
        ("de", "Kund:innen melden Störungen per E-Mail. Der Anbieter bestätigt.", 2),
        ("it", "Ai sensi dell'art. 1 cpv. 2 CO il contratto è valido. La disdetta è scritta.", 2),
        ("it", "Il sig. Rossi e l'avv. Bianchi firmano. Il contratto vale, es. per i server.", 2),
        ("en", "Provider Inc. shall respond, e.g. by phone, within 4 hrs. The clock starts at 8 a.m. on Monday.", 2),
        ("en", "See Sec. 5 and No. 3. Fees are due.", 2),
        ("en", "One sentence without an end", 1),
        ("de", "1. Gegenstand", 1),
        ("en", "Really? Yes! Fine.", 3),
    ],
)
def test_sentence_boundaries(language: str, text: str, expected: int) -> None:
    spans = split_sentences(text, language=language)
    assert len(spans) == expected, [text[a:b] for a, b in spans]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le prestataire assure la maintenance des serveurs du client.", "fr"),
        ("Der Anbieter gewährleistet die Wartung der Server des Kunden.", "de"),
        ("Il fornitore garantisce la manutenzione dei server del cliente.", "it"),
        ("The provider maintains the servers of the customer.", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_language_of_a_foreign_block() -> None:
    text = (
        "Der Anbieter reagiert innert vier Stunden nach der Meldung durch den Kunden.\n\n"
        "Le prestataire réagit dans les quatre heures qui suivent l'annonce de la panne par le client."
    )
    rows = split_document(read_document(text.encode()))
    assert [row.language for row in rows] == ["de", "fr"]


TEXT = """# Wartungsvertrag

1. Gegenstand
Der Anbieter wartet die Server. Er kommt vor Ort.

2. Leistungen

2.1 Reaktionszeit

Es gelten diese Zeiten:
- P1: 1 Stunde
- P2: 4 Stunden

| Prio | Reaktion | Lösung |
|---|---|---|
| P1 | 1 h | 4 h |

§ 3 Preise

Der Preis beträgt CHF 100.
"""


def test_rows_have_kind_and_heading_path() -> None:
    rows = split_document(read_document(TEXT.encode()))
    found = [(row.kind.value, row.heading_path[1:], row.text) for row in rows]
    assert found == [
        ("heading", (), "Wartungsvertrag"),
        ("heading", (), "1. Gegenstand"),
        ("sentence", ("1. Gegenstand",), "Der Anbieter wartet die Server."),
        ("sentence", ("1. Gegenstand",), "Er kommt vor Ort."),
        ("heading", (), "2. Leistungen"),
        ("heading", ("2. Leistungen",), "2.1 Reaktionszeit"),
        ("sentence", ("2. Leistungen", "2.1 Reaktionszeit"), "Es gelten diese Zeiten:"),
        ("list_item", ("2. Leistungen", "2.1 Reaktionszeit"), "- P1: 1 Stunde"),
        ("list_item", ("2. Leistungen", "2.1 Reaktionszeit"), "- P2: 4 Stunden"),
        ("table_row", ("2. Leistungen", "2.1 Reaktionszeit"), "Prio | Reaktion | Lösung"),
        ("table_row", ("2. Leistungen", "2.1 Reaktionszeit"), "P1 | 1 h | 4 h"),
        ("heading", (), "§ 3 Preise"),
        ("sentence", ("§ 3 Preise",), "Der Preis beträgt CHF 100."),
    ]


def test_spans_are_the_words() -> None:
    document = read_document(TEXT.encode())
    for row in split_document(document):
        assert document.text[row.span.start : row.span.end].replace("\n", " ") == row.text


def test_cells_know_their_heads() -> None:
    document = read_document(TEXT.encode())
    row = next(r for r in split_document(document) if r.text.startswith("P1 |"))
    assert [(head, document.text[span.start : span.end]) for head, span in row.cells] == [
        ("Prio", "P1"),
        ("Reaktion", "1 h"),
        ("Lösung", "4 h"),
    ]


def test_wrapped_lines_become_one_sentence() -> None:
    text = "Le prestataire intervient dans un délai\nde quatre heures ouvrées à compter de la\nréception de l'annonce. Le client paie\nles déplacements."
    rows = split_document(read_document(text.encode()))
    assert [row.text for row in rows] == [
        "Le prestataire intervient dans un délai de quatre heures ouvrées à compter de la réception de l'annonce.",
        "Le client paie les déplacements.",
    ]


def test_contents_are_no_clauses() -> None:
    text = "1. Objet ............................ 3\n\n2. Prix ............................. 4\n\n1. Objet\n\nLe contrat porte sur les serveurs."
    rows = split_document(read_document(text.encode()))
    assert [row.text for row in rows] == ["1. Objet", "Le contrat porte sur les serveurs."]


def test_unwrapped_paragraphs_are_split_at_lines() -> None:
    long = "The provider maintains all servers and workstations of the customer at both sites " * 3
    rows = split_document(read_document(f"{long}.\n{long}.".encode()))
    assert [row.kind for row in rows] == [SentenceKind.SENTENCE] * 2


def test_a_letter_out_of_order_does_not_hold_the_clauses_after_it() -> None:
    text = "1. Security\n\nThe provider gives security.\n\nB. THE PROVIDER\n\nIt pays.\n\n2. Term\n\nOne year."
    rows = split_document(read_document(text.encode()))
    assert rows[-1].heading_path == ("2. Term",)
    text = "A. GENERAL\n\n1. Security\n\nIt pays.\n\nB. SPECIAL\n\n2. Term\n\nOne year."
    rows = split_document(read_document(text.encode()))
    assert rows[-1].heading_path == ("B. SPECIAL", "2. Term")


def test_a_blank_at_the_end_of_a_line_is_no_table_of_contents() -> None:
    rows = split_document(read_document(b"The contract begins on ..............."))
    assert len(rows) == 1
