"""The page in a real Chromium, and its state by Streamlit's own test harness."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "data" / "samples"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.browser


def find_chromium() -> str:
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            return path
    pytest.fail("no Chromium: run `make test`, or name one in CHROMIUM")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Start the page on a free port, in a folder of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "analyzer", "app", "--headless", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail("the page did not start")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(20)


def test_upload_a_contract_and_see_times_and_gaps(address: str, tmp_path: Path) -> None:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1500, "height": 1000}, locale="fr-CH")
        foreign: list[str] = []
        page.on(
            "request",
            lambda request: foreign.append(request.url) if "//localhost" not in request.url and request.url.startswith("http") else None,
        )
        page.goto(address)
        page.locator("input[type=file]").first.set_input_files(SAMPLES / "contrat-maintenance-fr.pdf")
        reaction = page.locator('mark.duration[data-role="reaction_time"]', has_text="4 heures ouvrées")
        expect(reaction.first).to_be_visible(timeout=120_000)
        missing = page.locator('[data-kind="missing"][data-category="spare_equipment"]')
        expect(missing).to_be_visible()
        expect(page.locator('[data-rule="ack_counts_as_reaction"]').first).to_be_visible()

        # A finding leads to its sentence.
        link = page.locator('[data-rule="provider_classifies"] a').first
        target = link.get_attribute("href") or ""
        link.click()
        expect(page.locator(f'[id="{target.lstrip("#")}"]')).to_be_in_viewport()

        # So does a time in the table of another tab.
        page.get_by_role("tab").nth(2).click()
        page.get_by_role("link", name="dans les meilleurs délais").click()
        expect(page.get_by_role("tab").nth(0)).to_have_attribute("aria-selected", "true")
        expect(page.locator(".row.here", has_text="dans les meilleurs délais")).to_be_in_viewport()

        page.get_by_role("tab").nth(4).click()
        # The page is drawn anew with its tab; what is clicked while it is, is lost.
        page.wait_for_timeout(2_000)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="JSON").click()
        path = tmp_path / "report.json"
        waiting.value.save_as(path)
        import analyzer

        report = analyzer.Report.from_json(path.read_text(encoding="utf-8"))
        assert "spare_equipment" in {finding.category for finding in report.missing}
        assert foreign == []
        browser.close()


def test_a_phone_in_italian(address: str) -> None:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True, locale="it-CH")
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Leggere un contratto")  # the browser's language
        expect(page.get_by_text("Scegliere i file").or_(page.locator("[data-testid=stFileUploaderDropzone]")).first).to_be_in_viewport()
        page.locator("input[type=file]").first.set_input_files(SAMPLES / "contratto-assistenza-it.docx")
        expect(page.locator(".finding").first).to_be_visible(timeout=120_000)
        for tab in range(3):
            page.get_by_role("tab").nth(tab).click()
            expect(page.get_by_role("tab").nth(tab)).to_have_attribute("aria-selected", "true")
            widest = page.evaluate("Math.max(...[...document.querySelectorAll('.ca *')].map((e) => e.getBoundingClientRect().right))")
            assert widest <= 390  # nothing is cut off at the right
        browser.close()


def test_a_language_switch_keeps_what_was_done(address: str) -> None:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1500, "height": 1000}, locale="de-CH")
        page.goto(address)
        page.locator("input[type=file]").first.set_input_files(SAMPLES / "wartungsvertrag-de.docx")
        expect(page.locator(".finding").first).to_be_visible(timeout=120_000)
        page.get_by_text("Geöffneter Vertrag").click()
        page.get_by_text("Anbieter", exact=True).click()
        page.get_by_role("tab", name="Nachtrainieren").click()
        table = page.locator('[data-testid="stDataFrame"]').first
        expect(table).to_be_visible(timeout=60_000)
        expect(page.locator('[data-testid="stApp"]')).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
        box = table.bounding_box()
        assert box is not None
        counted = page.get_by_text("Berichtigte Sätze: 1")
        # The table is a picture with an editor over it: nothing tells when it takes keys, and on a busy machine the first ones are lost.
        for _ in range(5):
            page.mouse.dblclick(box["x"] + box["width"] * 0.9, box["y"] + 53)
            page.wait_for_timeout(1_500)
            page.keyboard.type("Haftung", delay=50)
            page.wait_for_timeout(500)
            page.keyboard.press("Enter")
            page.mouse.click(box["x"] + 100, box["y"] + 53)
            page.wait_for_timeout(4_000)
            if counted.is_visible():
                break
        expect(counted).to_be_visible()

        page.get_by_text("English", exact=True).click()
        expect(page.get_by_text("Corrected sentences: 1")).to_be_visible()
        expect(page.get_by_role("tab", name="Retrain")).to_have_attribute("aria-selected", "true")
        page.get_by_text("Open contract").click()
        expect(page.locator("input[type=radio]").nth(1)).to_be_checked()  # the provider
        expect(page.get_by_role("combobox", name="or a sample")).to_have_value("none")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Read an IT contract")  # the address carries the language
        browser.close()


def make_page() -> object:
    from streamlit.testing.v1 import AppTest

    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)


def test_sample_and_languages() -> None:
    page = make_page()
    page.run()  # type: ignore[attr-defined]
    assert not page.exception  # type: ignore[attr-defined]
    page.selectbox(key="sample").set_value("wartungsvertrag-de.docx").run()  # type: ignore[attr-defined]
    assert not page.exception and not page.error  # type: ignore[attr-defined]
    page.segmented_control(key="language").set_value("de").run()  # type: ignore[attr-defined]
    assert not page.exception and page.title[0].value.startswith("Einen IT-Vertrag")  # type: ignore[attr-defined]


def test_words_that_gave_a_label_are_shown() -> None:
    page = make_page()
    page.run()  # type: ignore[attr-defined]
    page.segmented_control(key="language").set_value("en").run()  # type: ignore[attr-defined]
    page.selectbox(key="sample").set_value("support-agreement-en.pdf").run()  # type: ignore[attr-defined]
    why = next(box for box in page.selectbox if str(box.key).startswith("why-"))  # type: ignore[attr-defined]
    chosen = next(i for i, option in enumerate(why.options) if "Reaction time" in option)
    why.select_index(chosen).run()
    assert not page.exception  # type: ignore[attr-defined]
    assert any('class="why"' in element.proto.body for element in page.get("html"))  # type: ignore[attr-defined]


def test_unreadable_upload_is_one_message() -> None:
    page = make_page()
    page.run()  # type: ignore[attr-defined]
    page.file_uploader(key="upload").set_value(("broken.pdf", b"%PDF-1.4 nothing", "application/pdf")).run()  # type: ignore[attr-defined]
    assert not page.exception  # type: ignore[attr-defined]
    assert len(page.error) == 1 and "broken.pdf" in page.error[0].value  # type: ignore[attr-defined]
    page.segmented_control(key="language").set_value("de").run()  # type: ignore[attr-defined]
    assert "Die Datei ist beschädigt" in page.error[0].value  # type: ignore[attr-defined]


def test_a_closed_pdf_gets_a_field_for_its_password() -> None:
    import io

    from pypdf import PdfReader, PdfWriter

    from analyzer.types import Side

    writer = PdfWriter(clone_from=PdfReader(SAMPLES / "support-agreement-en.pdf"))
    writer.encrypt("open sesame", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    page = make_page()
    page.run()  # type: ignore[attr-defined]
    assert not page.text_input  # type: ignore[attr-defined]
    page.file_uploader(key="upload").set_value(("closed.pdf", buffer.getvalue(), "application/pdf")).run()  # type: ignore[attr-defined]
    assert not page.error and not page.exception  # type: ignore[attr-defined]
    field = page.text_input[0]  # type: ignore[attr-defined]
    assert field.label == "closed.pdf est protégé: mot de passe" and field.proto.type == field.proto.Type.PASSWORD
    field.set_value("wrong").run()
    assert "n'ouvre pas closed.pdf" in page.text_input[0].label  # type: ignore[attr-defined]
    page.segmented_control(key="language").set_value("it").run()  # type: ignore[attr-defined]
    assert "non apre closed.pdf" in page.text_input[0].label  # type: ignore[attr-defined]
    page.text_input[0].set_value("open sesame").run()  # type: ignore[attr-defined]
    assert not page.exception and not [box for box in page.text_input if "closed.pdf" in box.label]  # type: ignore[attr-defined]
    assert any("4 hours" in element.proto.body for element in page.get("html"))  # type: ignore[attr-defined]
    page.radio(key="side").set_value(Side.PROVIDER).run()  # type: ignore[attr-defined]
    assert not page.error and not [box for box in page.text_input if "closed.pdf" in box.label]  # type: ignore[attr-defined]


def test_corrections_outlive_another_contract() -> None:
    """The editor of labels forgets its edits when it leaves the screen; the session does not."""
    page = make_page()
    page.run()  # type: ignore[attr-defined]
    files = [("a.txt", b"The provider reacts within four hours.", "text/plain"), ("b.txt", b"Prices are in CHF.", "text/plain")]
    page.file_uploader(key="upload").set_value(files).run()  # type: ignore[attr-defined]
    digest = next(iter(page.session_state["corrections"]))  # type: ignore[attr-defined]
    row = {"text": "The provider reacts within four hours.", "labels": ["liability"]}
    page.session_state["corrections"] = {digest: {0: row}}  # type: ignore[attr-defined]
    page.session_state["editor"] = ("", [])  # type: ignore[attr-defined]
    page.selectbox(key="document2").select_index(1).run()  # type: ignore[attr-defined]
    page.selectbox(key="document2").select_index(0).run()  # type: ignore[attr-defined]
    assert not page.exception  # type: ignore[attr-defined]
    assert page.session_state["corrections"][digest][0]["labels"] == ["liability"]  # type: ignore[attr-defined]


def test_uploads_can_be_one_contract() -> None:
    page = make_page()
    page.run()  # type: ignore[attr-defined]
    files = [("contract.txt", b"The provider reacts within four hours.", "text/plain"), ("annex.txt", b"Prices are in CHF.", "text/plain")]
    page.file_uploader(key="upload").set_value(files).run()  # type: ignore[attr-defined]
    assert not page.exception and page.selectbox(key="document2").options == ["contract.txt", "annex.txt"]  # type: ignore[attr-defined]
    page.checkbox(key="together").check().run()  # type: ignore[attr-defined]
    assert not page.exception and not page.error  # type: ignore[attr-defined]
    assert not [box for box in page.selectbox if box.key == "document2"]  # type: ignore[attr-defined]


def test_retraining_on_a_labelled_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    monkeypatch.chdir(tmp_path)
    rows = "".join(
        json.dumps({"text": f"{word} {i}", "labels": [label]}) + "\n"
        for i in range(15)
        for word, label in (("The fee is CHF", "fees"), ("Hello", "other"))
    )
    page = make_page()
    page.run()  # type: ignore[attr-defined]
    page.checkbox(key="with_base").uncheck()  # type: ignore[attr-defined]
    page.file_uploader(key="labelled").set_value(("mine.jsonl", rows.encode(), "application/jsonl")).run()  # type: ignore[attr-defined]
    page.button(key="train").click().run()  # type: ignore[attr-defined]
    assert not page.exception and not page.error  # type: ignore[attr-defined]
    assert len(page.success) == 1  # type: ignore[attr-defined]
    (model,) = (tmp_path / "models").iterdir()
    assert (model / "manifest.json").is_file()
    page.file_uploader(key="labelled").set_value(("bad.jsonl", b'{"text": "x"}\n', "application/jsonl")).run()  # type: ignore[attr-defined]
    page.button(key="train").click().run()  # type: ignore[attr-defined]
    assert "bad.jsonl:1" in page.error[0].value.replace("\\", "")  # type: ignore[attr-defined]
