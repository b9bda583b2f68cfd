"""Service levels in tables of all makes."""

from __future__ import annotations

from layout_samples.sheet import Sheet

XS = (70, 150, 300, 420, 525)


def ruled() -> bytes:
    """A full grid with cells of several lines, a head over two columns, and a priority that reaches over two rows."""
    sheet = Sheet()
    sheet.heading("5. Service levels")
    sheet.paragraph("The Provider meets the following times during the service hours:")
    sheet.table(
        [
            ["Priority", "Description", "Service times", None],
            ["^", "^", "Response time", "Resolution time"],
            ["P1", "The whole system stands still and no work around is known", "1 hour", "4 hours"],
            ["P2", "An important function fails for many users", "4 hours", "1 business day"],
            ["P3", "A single user is disturbed", "1 business day", "5 business days"],
        ],
        XS, head=2,
    )  # fmt: skip
    sheet.paragraph("Times run from the report of the fault.")
    return sheet.finish()


def over_pages(repeated: bool) -> bytes:
    """A table that breaks over a page, with or without its heads on the second page."""
    sheet = Sheet()
    head = ["Priorität", "Beschreibung", "Reaktionszeit", "Behebungszeit"]
    rows = [["P1", "Stillstand der ganzen Anlage", "30 Minuten", "4 Stunden"], ["P2", "Ausfall eines Servers, der nicht ersetzt werden kann", "2 Stunden", "8 Stunden"],
            ["P3", "Störung an einem Arbeitsplatz", "4 Stunden", "2 Arbeitstage"], ["P4", "Frage ohne Störung", "1 Arbeitstag", "10 Arbeitstage"]]  # fmt: skip
    sheet.put(70, 40, "Wartungsvertrag 2026-7", size=8)
    sheet.put(290, 812, "Seite 1 von 2", size=8)
    sheet.top = 660
    sheet.heading("3. Servicezeiten")
    sheet.table([head, *rows[:2]], XS)
    sheet.turn_page(60)
    sheet.put(70, 40, "Wartungsvertrag 2026-7", size=8)
    sheet.put(290, 812, "Seite 2 von 2", size=8)
    sheet.table([head, *rows[2:]] if repeated else rows[2:], XS, head=int(repeated))
    sheet.paragraph("Die Zeiten gelten während der Servicezeit.")
    return sheet.finish()


def booktabs() -> bytes:
    """Rules at the head and at the foot only, cells of several lines, columns by alignment."""
    sheet = Sheet()
    sheet.heading("Article 6 - Niveaux de service")
    sheet.paragraph("Les délais suivants sont garantis par le prestataire.")
    sheet.table(
        [
            ["Priorité", "Définition", "Délai d'intervention", "Délai de résolution"],
            ["P1", "Panne totale qui empêche tout travail dans l'entreprise du client", "2 heures", "8 heures"],
            ["P2", "Panne partielle", "4 heures", "2 jours ouvrables"],
            ["P3", "Gêne d'un seul utilisateur, avec une solution de contournement connue", "1 jour ouvrable", "5 jours ouvrables"],
        ],
        XS, rules="head",
    )  # fmt: skip
    sheet.paragraph("Ces délais courent dès l'annonce de la panne.")
    return sheet.finish()


def aligned() -> bytes:
    """No rules at all."""
    sheet = Sheet()
    sheet.heading("4 Tempi di intervento")
    sheet.paragraph("Per ogni priorità valgono i tempi seguenti.")
    sheet.table(
        [
            ["Priorità", "Tempo di intervento", "Tempo di ripristino"],
            ["P1", "1 ora", "4 ore"],
            ["P2", "4 ore", "1 giorno lavorativo"],
            ["P3", "1 giorno lavorativo", "5 giorni lavorativi"],
        ],
        (70, 200, 360, 525), rules="none",
    )  # fmt: skip
    sheet.paragraph("I tempi decorrono dalla segnalazione.")
    return sheet.finish()


def turned() -> bytes:
    """Priorities as columns, times as rows; boxes with shaded heads and horizontal rules only."""
    sheet = Sheet()
    sheet.heading("7. Service levels")
    top = sheet.top + 4
    sheet.canvas.setFillGray(0.85)
    sheet.canvas.rect(70, 842 - top - 18, 455, 18, stroke=0, fill=1)
    sheet.canvas.setFillGray(0)
    sheet.table(
        [["", "Priority 1", "Priority 2", "Priority 3"], ["Response time", "30 minutes", "2 hours", "8 hours"], ["Resolution time", "4 hours", "8 hours", "5 business days"]],
        (70, 200, 310, 420, 525), vertical=False,
    )  # fmt: skip
    sheet.paragraph("A replacement device is delivered within 24 hours.")
    return sheet.finish()


SAMPLES = {
    "table-ruled-en": ruled,
    "table-repeated-de": lambda: over_pages(True),
    "table-continued-de": lambda: over_pages(False),
    "table-rules-fr": booktabs,
    "table-aligned-it": aligned,
    "table-turned-en": turned,
}
