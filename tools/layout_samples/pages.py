"""Pages of prose: columns, notes, breaks, clauses, contents, definitions, forms."""

from __future__ import annotations

from layout_samples.sheet import HEIGHT, ITALIC, WIDTH, B, F, Sheet

COLUMN = 212.0


def columns() -> bytes:
    """A title and an introduction over the page, two columns, a heading over both, two columns again; then a page that goes on."""
    sheet = Sheet()
    sheet.put(70, 40, "Nordlicht IT Services", F, 8)
    sheet.put(525, 805, "Page 1 of 2", F, 8, right=True)
    sheet.heading("General Terms for Support Services", size=17)
    sheet.paragraph(
        "These terms govern every support order between the Customer and Nordlicht IT Services. An order prevails over these terms where it says "
        "so in writing, and the terms in force on the day of the order remain in force for its whole duration.", justify=True)  # fmt: skip
    start = sheet.top
    sheet.heading("1. Scope", size=11)
    sheet.paragraph(
        "The Provider keeps the systems named in the order in working condition. It answers questions by telephone, analyses "
        "faults from afar and sends an engineer where remote work does not help.", width=COLUMN, justify=True)  # fmt: skip
    sheet.paragraph(
        "Systems that the Customer adds later are covered from the day on which the Provider has confirmed them in wri-\nting.",
        width=COLUMN, justify=True)  # fmt: skip
    sheet.heading("2. Duties of the Customer", size=11)
    sheet.paragraph(
        "The Customer reports faults without delay and names two persons who know the systems. These persons can be",
        width=COLUMN,
        justify=True,
    )
    left = sheet.top
    sheet.top = start + 6
    sheet.paragraph("reached during the service hours and may grant the access that the work requires.", x=313, width=COLUMN, justify=True)
    sheet.heading("3. Fees", x=313, size=11)
    sheet.paragraph(
        "The monthly fee is CHF 1,450. It is invoiced in advance and is payable within 30 days. Travel is charged at cost, and never without "
        "an order in writing.", x=313, width=COLUMN, justify=True)  # fmt: skip
    sheet.paragraph("Prices may be adapted once a year to the consumer price index.", x=313, width=COLUMN, justify=True)
    sheet.top = max(left, sheet.top) + 14
    sheet.heading("PART B: SPECIAL TERMS FOR HOSTED SYSTEMS OF THE CUSTOMER IN THE DATA CENTRE", size=11)
    sheet.top += 4
    start = sheet.top
    sheet.paragraph("4.1 Hosted systems run in a data centre in Switzerland. The Provider backs up all data every night and keeps the copies for "
                    "fourteen days.", width=COLUMN, justify=True)  # fmt: skip
    sheet.paragraph(
        "4.2 The Provider restores data within one working day of the request, free of charge twice a year.", width=COLUMN, justify=True
    )
    left, sheet.top = sheet.top, start
    sheet.paragraph(
        "4.3 Hosted systems are available for 99.5 % of each month. Announced maintenance does not count.",
        x=313,
        width=COLUMN,
        justify=True,
    )
    sheet.paragraph("4.4 Where the availability falls below this value, the Customer receives a credit of 5 % of the monthly fee, which is set off "
                    "against the next invoice, and", x=313, width=COLUMN, justify=True)  # fmt: skip
    sheet.turn_page(70)
    sheet.put(70, 40, "Nordlicht IT Services", F, 8)
    sheet.put(525, 805, "Page 2 of 2", F, 8, right=True)
    sheet.paragraph("may end the order without notice after three such months in a row.", justify=True)
    sheet.heading("5. Liability", size=11)
    sheet.paragraph("The Provider is liable without limit for intent and gross negligence. In all other cases its liability is limited to the fees "
                    "of twelve months.", justify=True)  # fmt: skip
    return sheet.finish()


def narrow_columns() -> bytes:
    """Small print: a list over the page, two columns with a gutter as narrow as a wide space, and a heading with full lines below them."""
    sheet = Sheet()
    width, second, size = 224.0, 301.0, 8.0
    sheet.heading("Allgemeine Geschäftsbedingungen für Wartung", size=14)
    for item in (
        "Diese Bedingungen gelten für alle Aufträge, die der Kunde dem Anbieter während der Laufzeit des Vertrages in Textform erteilt.",
        "Abweichende Bedingungen des Kunden gelten nur, soweit der Anbieter ihnen ausdrücklich und in Schriftform zugestimmt hat.",
        "Der Vertrag kommt mit der Bestätigung des Auftrags zustande, spätestens aber mit dem Beginn der Arbeiten beim Kunden.",
    ):
        sheet.paragraph("• " + item, gap=2, size=9)  # fmt: skip
    sheet.top += 10
    start = sheet.top
    sheet.heading("1. Leistungen", size=9)
    sheet.paragraph(
        "Der Anbieter hält die im Auftrag genannten Systeme in betriebsbereitem Zustand. Er nimmt Störungen jederzeit entgegen, grenzt sie ein und "
        "beseitigt sie, soweit dies mit den vereinbarten Mitteln möglich ist. Die Störung gilt als behoben, wenn das System wieder im vereinbarten "
        "Umfang genutzt werden kann. Verbrauchsmaterial ist nicht inbegriffen.", width=width, justify=True, size=size)  # fmt: skip
    sheet.heading("2. Reaktionszeit", size=9)
    sheet.paragraph(
        "Bei einer Störung, die den Betrieb verhindert, reagiert der Anbieter innert 2 Stunden nach Eingang der Meldung. In allen anderen Fällen "
        "reagiert er am folgenden Arbeitstag. Die Frist ruht, solange der Kunde den Zugang zum System nicht gewährt.", width=width, justify=True, size=size)  # fmt: skip
    left, sheet.top = sheet.top, start
    sheet.heading("3. Vergütung", x=second, size=9)
    sheet.paragraph(
        "Die Pauschale beträgt CHF 780 im Monat und ist innert 30 Tagen zu zahlen. Arbeiten ausserhalb der Betriebszeit werden nach Aufwand "
        "verrechnet. Der Anbieter weist darauf hin, bevor er mit ihnen beginnt, und nennt die voraussichtlichen Kosten.", x=second, width=width, justify=True,
        size=size)  # fmt: skip
    sheet.heading("4. Dauer", x=second, size=9)
    sheet.paragraph(
        "Der Vertrag beginnt am Tag der Unterzeichnung und dauert zwei Jahre. Er verlängert sich um je ein Jahr, wenn er nicht drei Monate vor "
        "Ablauf gekündigt wird. Die Kündigung bedarf der Schriftform und ist an die im Auftrag genannte Stelle zu richten.", x=second, width=width, justify=True,
        size=size)  # fmt: skip
    sheet.top = max(left, sheet.top) + 8
    sheet.heading("Schlussbestimmungen", size=9)
    sheet.paragraph(
        "Änderungen dieses Vertrages bedürfen der Schriftform. Sollte eine Bestimmung unwirksam sein, so bleiben die übrigen Bestimmungen davon "
        "unberührt. Es gilt schweizerisches Recht, und Gerichtsstand ist der Sitz des Anbieters.", justify=True, size=size)  # fmt: skip
    return sheet.finish()


def columns_under_table() -> bytes:
    """A table over both columns, without rules, and two columns of text under it."""
    sheet = Sheet()
    sheet.heading("Annexe technique", size=14)
    sheet.table(
        [["Système", "Classe", "Réponse", "Reprise", "Sauvegarde", "Crédit"], ["Messagerie", "A", "1 heure", "4 heures", "nuit", "5 %"],
         ["Comptabilité", "B", "2 heures", "8 heures", "nuit", "3 %"], ["Archives", "C", "4 heures", "2 jours", "semaine", "1 %"],
         ["Intranet", "C", "4 heures", "2 jours", "semaine", "1 %"]],
        (70, 160, 225, 300, 375, 460, 525), rules="none", size=10)  # fmt: skip
    sheet.top += 16
    start = sheet.top
    sheet.paragraph(
        "Le prestataire répond aux appels dans les délais du tableau. Les délais courent dès la réception de l'appel, pendant les heures de service, "
        "et sont suspendus tant que le client n'accorde pas l'accès nécessaire aux systèmes concernés.", width=COLUMN, justify=True)  # fmt: skip
    sheet.paragraph(
        "Les sauvegardes sont conservées pendant trente jours. Le client peut demander une restauration par trimestre sans frais, les suivantes étant "
        "facturées selon le temps passé au tarif de l'annexe.", width=COLUMN, justify=True)  # fmt: skip
    sheet.top = start
    sheet.paragraph(
        "Si un délai de reprise n'est pas respecté, le client reçoit un crédit sur la redevance du mois. Le crédit est déduit de la facture suivante et "
        "ne dépasse jamais le cinquième de la redevance mensuelle.", x=313, width=COLUMN, justify=True)  # fmt: skip
    sheet.paragraph(
        "Les travaux annoncés cinq jours d'avance ne comptent pas. Le prestataire les place entre vingt heures et six heures, sauf accord du client "
        "pour un autre moment de la journée.", x=313, width=COLUMN, justify=True)  # fmt: skip
    return sheet.finish()


def notes() -> bytes:
    """A draft with a watermark, side notes in the margin, footnotes under the text, and a sentence that goes on over the page."""
    sheet = Sheet()
    for number in (1, 2, 3):
        sheet.watermark("ENTWURF")
        sheet.put(WIDTH / 2 - 60, 38, "Wartungsvertrag Talwerk AG", ITALIC, 8)
        sheet.put(WIDTH / 2 - 10, 812, f"- {number + 2} -", F, 9)
        sheet.top = 70
        if number == 1:
            sheet.heading("4. Störungen", x=150)
            side = sheet.top
            sheet.paragraph("Der Anbieter nimmt Meldungen über sein Portal¹ und per Telefon entgegen. Er bestätigt jede Meldung mit einer Nummer, "
                            "unter welcher der Kunde den Stand der Arbeiten abfragen kann.", x=150, width=375)  # fmt: skip
            sheet.put(50, side + 12, "Meldung von", ITALIC, 8)
            sheet.put(50, side + 21, "Störungen", ITALIC, 8)
            side = sheet.top
            sheet.paragraph("Bei einem Stillstand beginnt der Anbieter innert einer Stunde mit der Arbeit. In allen andern Fällen beginnt er innert "
                            "eines Arbeitstages.", x=150, width=375)  # fmt: skip
            sheet.put(50, side + 12, "Reaktionszeit", ITALIC, 8)
            sheet.top = 690
            sheet.paragraph("Kann der Anbieter eine Störung² nicht innert zweier Arbeitstage beheben, so stellt er dem Kunden auf eigene Kosten ein",
                            x=150, width=375)  # fmt: skip
            sheet.rule(150, 735, 290, 735)
            sheet.top = 736
            sheet.paragraph("1 Die Adresse des Portals steht in Anhang 2.", x=150, width=375, size=7.5, gap=1)
            sheet.paragraph("2 Als Störung gilt jede Abweichung von der vereinbarten Funktion, auch wenn sie nur zeitweise auftritt und von selbst wieder "
                            "verschwindet.", x=150, width=375, size=7.5)  # fmt: skip
        elif number == 2:
            sheet.paragraph("Ersatzgerät zur Verfügung, bis das eigene Gerät wieder läuft.", x=150, width=375)
            sheet.heading("5. Vergütung", x=150)
            side = sheet.top
            sheet.paragraph("Die Pauschale beträgt CHF 980 im Monat. Sie wird jeweils im Voraus in Rechnung gestellt.", x=150, width=375)
            sheet.put(50, side + 12, "Pauschale", ITALIC, 8)
            sheet.paragraph("Arbeiten ausserhalb der Pauschale verrechnet der Anbieter nach Aufwand zu CHF 165 in der Stunde³. Der Kunde prüft die Rapporte und "
                            "unterschreibt sie.", x=150, width=375)  # fmt: skip
            sheet.rule(150, 750, 290, 750)
            sheet.top = 751
            sheet.paragraph("3 Ohne Mehrwertsteuer.", x=150, width=375, size=7.5, gap=1)
        else:
            sheet.heading("6. Dauer", x=150)
            sheet.paragraph("Der Vertrag beginnt am 1. März 2026 und läuft auf unbestimmte Zeit. Er kann mit einer Frist von drei Monaten auf Ende "
                            "eines Quartals gekündigt werden.", x=150, width=375)  # fmt: skip
        sheet.turn_page()
    return sheet.finish()


def breaks() -> bytes:
    """Sentences and a word that go on over the page; heads that alternate between left and right pages; "3/20" at the foot."""
    sheet = Sheet()
    parts = [
        ["h:1. Objet du contrat", "Le prestataire assure la maintenance des postes de travail et des serveurs énumérés dans l'annexe A. Il tient un journal de ses "
         "interventions, que le client peut consulter en tout temps.", "Le client lui donne accès aux locaux et aux systèmes. Il veille à ce que les sauve-"],
        ["gardes soient faites chaque nuit et conservées pendant trente jours.", "h:2. Délais",
         "En cas de panne bloquante, le prestataire intervient dans les deux heures qui suivent l'annonce. Il rétablit le service, le cas échéant à distance et en accord avec le client, dans un délai de"],
        ["8 heures ouvrées, faute de quoi il fournit un appareil de remplacement.", "h:3. Prix",
         "Le forfait mensuel s'élève à CHF 1'200.-, payable à trente jours. Sont compris dans ce prix:", "- les interventions sur site et à distance,"],
        ["- les pièces de rechange jusqu'à CHF 200.- par cas,", "- les mises à jour de sécurité.",
         "h:4. Droit applicable", "Le droit suisse est applicable. Le for est à Lausanne."],
    ]  # fmt: skip
    for number, part in enumerate(parts, 3):
        odd = number % 2
        sheet.put(
            525 if odd else 70, 38, "Conditions particulières" if odd else "Contrat de maintenance n° 2026-118", F, 8, right=bool(odd)
        )
        sheet.put(525 if odd else 70, 810, f"{number}/20", F, 8, right=bool(odd))
        sheet.top = 70 if number == 3 else 60
        for text in part:
            if text.startswith("h:"):
                sheet.heading(text[2:])
            else:
                sheet.paragraph(text, x=84 if text.startswith("- ") else 70, justify=text == part[1] and number == 3)
        sheet.turn_page()
    return sheet.finish()


def clauses_en() -> bytes:
    """Numbers of an English contract: 12, 12(b)(ii), 5.2.1.1, schedules."""
    sheet = Sheet()
    for text in (
        "h:5. Service Levels", "5.1 Measurement", "The Supplier measures the service levels every month.", "5.2 Response", "5.2.1 Critical faults",
        "The Supplier responds to a critical fault within one hour.", "5.2.1.1 The time runs around the clock.", "5.2.1.2 It stops while the Customer cannot be reached.",
        "5.2.2 Other faults", "The Supplier responds to any other fault within one Business Day.",
        "h:12. Termination", "(a) Either party may terminate this Agreement on three months' notice.", "(b) Either party may terminate at once if the other:",
        "(i) is in material breach and does not remedy it within thirty days; or", "(ii) becomes insolvent.",
        "(c) Clause 12(b)(ii) applies to a parent company as well.", "h:13. Consequences of Termination",
        "13.1 On termination the Supplier hands over all data of the Customer.", "13.2 Clauses 9 and 11 survive.", "h:Schedule 1 - Charges",
        "1. Monthly charges", "The charge is EUR 2,400 per month.", "2. Hourly charges", "Work outside the scope costs EUR 140 per hour.",
    ):  # fmt: skip
        indent = 110 if text.startswith(("(i)", "(ii)")) else 90 if text.startswith("(") else 70
        sheet.heading(text[2:]) if text.startswith("h:") else sheet.paragraph(text, x=indent, width=525 - indent)
    return sheet.finish()


def clauses_de() -> bytes:
    """Numbers of German contracts: IV., § 4, (2), lit. b, Art. 7, Ziff."""
    sheet = Sheet()
    for text in (
        "h:IV. Gewährleistung und Haftung", "h:§ 4 Gewährleistung", "(1) Der Anbieter behebt Mängel, die der Kunde innert 30 Tagen rügt.",
        "(2) Die Gewährleistung entfällt, wenn der Kunde", "lit. a das Gerät selber öffnet;", "lit. b Teile Dritter einbaut, ohne den Anbieter zu fragen.",
        "(3) § 4 Abs. 2 lit. b gilt nicht für Speicher und Netzteile.", "h:§ 5 Haftung", "(1) Die Haftung ist auf CHF 50'000 je Ereignis beschränkt.",
        "(2) Für Datenverlust haftet der Anbieter nur, wenn er die Sicherung besorgt hat.", "h:V. Schlussbestimmungen",
        "h:Art. 7 Änderungen", "1 Änderungen bedürfen der Schriftform.", "2 Dies gilt auch für diese Klausel.", "3 Mündliche Abreden gelten nicht.",
        "h:Art. 8 Gerichtsstand", "Gerichtsstand ist Bern. Art. 7 Abs. 3 bleibt vorbehalten.",
        "h:Anhang 1: Ansprechpersonen", "Die Parteien nennen einander je zwei Personen.",
    ):  # fmt: skip
        indent = 100 if text.startswith("lit") else 70
        sheet.heading(text[2:]) if text.startswith("h:") else sheet.paragraph(text, x=indent, width=525 - indent)
    return sheet.finish()


def clauses_fr() -> bytes:
    """Numbers of French and Italian contracts: Article premier, al., a), ch., articolo."""
    sheet = Sheet()
    for text in (
        "h:TITRE I - DISPOSITIONS GÉNÉRALES", "h:Article premier - Objet", "Le présent contrat porte sur l'assistance informatique du client.", "h:Article 2 - Obligations du prestataire",
        "1. Le prestataire répond aux appels pendant les heures de bureau.", "2. Il s'engage en outre à:", "a) tenir à jour la documentation du réseau;",
        "b) informer le client de toute faille connue, en particulier:", "i) dans le système d'exploitation;", "ii) dans les logiciels de sécurité.",
        "3. L'art. 2 al. 2 let. b ne s'applique pas aux appareils mobiles.", "h:TITRE II - DURÉE", "h:Art. 3. Entrée en vigueur",
        "Le contrat entre en vigueur à sa signature.", "h:Art. 4 bis Résiliation", "Chaque partie peut résilier le contrat moyennant un préavis de deux mois pour la fin d'un mois.",
        "h:Annexe A", "Liste des appareils.",
    ):  # fmt: skip
        indent = 105 if text.startswith(("i)", "ii)")) else 88 if text[1:2] == ")" else 70
        sheet.heading(text[2:]) if text.startswith("h:") else sheet.paragraph(text, x=indent, width=525 - indent)
    return sheet.finish()


def contents() -> bytes:
    """A table of contents with dotted leaders, one without, and headings in bold or capitals without numbers."""
    sheet = Sheet()
    sheet.heading("Contratto di assistenza", size=16)
    sheet.heading("Indice")
    entries = [("1", "Oggetto", 2), ("2", "Tempi di intervento", 2), ("2.1", "Guasti bloccanti", 2), ("2.2", "Altri guasti", 3), ("3", "Corrispettivo", 3),
               ("", "Allegato A - Apparecchi coperti", 3)]  # fmt: skip
    for number, title, page in entries:
        text = f"{number} {title}".strip()
        room = 440 - sheet.canvas.stringWidth(text, F, 10)
        sheet.top += 14
        sheet.put(70, sheet.top, text + " " + "." * int(room / 2.5))
        sheet.put(525, sheet.top, str(page), right=True)
    sheet.top += 10
    sheet.heading("Elenco degli allegati")
    for title, page in (("Allegato A Apparecchi coperti", 3), ("Allegato B Persone di contatto", 4), ("Allegato C Tariffe", 4)):
        sheet.top += 14
        sheet.put(70, sheet.top, title)
        sheet.put(525, sheet.top, str(page), right=True)
    sheet.turn_page()
    sheet.heading("1 Oggetto")
    sheet.paragraph(
        "Il fornitore assiste il cliente nell'uso dei sistemi elencati nell'allegato A. L'assistenza comprende gli aggiornamenti."
    )
    sheet.heading("2 Tempi di intervento")
    sheet.heading("2.1 Guasti bloccanti", size=10)
    sheet.paragraph("Il fornitore interviene entro due ore dalla segnalazione.")
    sheet.turn_page()
    sheet.heading("2.2 Altri guasti", size=10)
    sheet.paragraph("Il fornitore interviene entro il giorno lavorativo seguente.")
    sheet.heading("3 Corrispettivo")
    sheet.heading("Canone", size=10)
    sheet.paragraph("Il canone mensile è di EUR 850 e si paga entro trenta giorni.")
    sheet.heading("SPESE DI TRASFERTA", size=10, font=F)
    sheet.paragraph("Le trasferte sono comprese nel canone fino a 50 km.")
    sheet.heading("Allegato A - Apparecchi coperti")
    sheet.paragraph("Due server, dodici postazioni, un firewall.")
    return sheet.finish()


def definitions() -> bytes:
    """Definitions with a colon, terms in a hanging column, and places that were left blank."""
    sheet = Sheet()
    sheet.heading("1. Definitions")
    sheet.paragraph("Business Day: a day other than a Saturday, a Sunday or a public holiday at the seat of the Customer.")
    sheet.paragraph("Fault: a condition in which a System does not do what its documentation says.")
    sheet.paragraph("Response Time: the time between the report of a Fault and the first message of an engineer who works on it.")
    sheet.heading("2. Terms of the Order")
    for term, meaning in (
        (
            "Systems",
            "the servers and workstations that the Customer has listed in Annex 1, with the software installed on them on the day of the order",
        ),
        ("Site", "the premises of the Customer in Winterthur"),
        (
            "Service Hours",
            "Monday to Friday from 08:00 to 18:00, public holidays at the Site excluded, unless the parties agree on other hours in writing",
        ),
    ):
        start = sheet.top
        sheet.paragraph(meaning, x=190, width=335)
        end, sheet.top = sheet.top, start
        sheet.paragraph(term, width=110, font=B)
        sheet.top = end
    sheet.heading("3. Blanks")
    sheet.paragraph("The monthly fee is CHF __________ and is due on the first day of the month.")
    sheet.paragraph("The Provider responds within [•] hours of the report.")
    sheet.paragraph("The contract begins on ....................... and runs for twelve months.")
    sheet.paragraph("Liability is limited to [amount to be agreed] for each year.")
    sheet.heading("4. Final Provisions")
    for text in (
        "Changes need the written form.",
        "Swiss law applies.",
        "The courts of Winterthur are competent.",
        "Annex 1 is a part of this contract.",
    ):
        sheet.paragraph(text)
    sheet.paragraph("Place and date: ______________________", gap=10)
    sheet.paragraph("Signature: ______________________")
    return sheet.finish()


def form() -> bytes:
    """A form: two fields are filled, two are empty, one box is ticked."""
    sheet = Sheet()
    fields = sheet.canvas.acroForm
    sheet.heading("Auftrag für Wartung", size=15)
    for label, name, value, top in (
        ("Kunde:", "kunde", "Sägewerk Aare AG", 120), ("Reaktionszeit:", "reaktion", "4 Stunden", 150), ("Beginn:", "beginn", "", 180),
        ("Monatliche Pauschale:", "pauschale", "", 210),
    ):  # fmt: skip
        sheet.put(70, top, label)
        fields.textfield(
            name=name, value=value, x=190, y=HEIGHT - top - 5, width=160, height=16, fontName="Helvetica", fontSize=10, borderWidth=0.5
        )
    sheet.put(95, 240, "Ersatzgerät innert eines Arbeitstages")
    fields.checkbox(name="ersatz", checked=True, x=70, y=HEIGHT - 243, size=12)
    sheet.put(95, 265, "Bereitschaft am Wochenende")
    fields.checkbox(name="pikett", checked=False, x=70, y=HEIGHT - 268, size=12)
    sheet.top = 280
    sheet.paragraph("Der Anbieter bestätigt den Auftrag innert zweier Arbeitstage.")
    return sheet.finish()


SAMPLES = {
    "columns-en": columns, "columns-narrow-de": narrow_columns, "columns-table-fr": columns_under_table, "notes-de": notes, "breaks-fr": breaks, "clauses-en": clauses_en, "clauses-de": clauses_de, "clauses-fr": clauses_fr,
    "contents-it": contents, "definitions-en": definitions, "form-de": form,
}  # fmt: skip
