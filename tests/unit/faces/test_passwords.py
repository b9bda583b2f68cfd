"""A closed PDF is opened by a file with the password or by an answer at the terminal, never by an argument."""

from __future__ import annotations

import getpass
import io
import json
from pathlib import Path

import pytest

from analyzer.errors import ASK_PASSWORD, EncryptedDocumentError, SettingsError
from analyzer.faces import passwords
from analyzer.faces.cli import main
from analyzer.settings import Settings

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "samples" / "support-agreement-en.pdf"
SECRET = "öpen sesame"


@pytest.fixture
def closed(tmp_path: Path) -> str:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(SAMPLE))
    writer.encrypt(SECRET, algorithm="RC4-128")
    path = tmp_path / "closed.pdf"
    with path.open("wb") as file:
        writer.write(file)
    return str(path)


def password_file(tmp_path: Path, text: str = SECRET + "\nsecond line\n") -> str:
    path = tmp_path / "password.txt"
    path.write_text(text, encoding="utf-8")
    return str(path)


def answers(monkeypatch: pytest.MonkeyPatch, *given: str) -> list[str]:
    """Let a terminal give these answers; return the prompts that it will have shown."""
    prompts: list[str] = []
    rest = list(given)

    def ask(prompt: str = "", stream: object = None) -> str:
        prompts.append(prompt)
        return rest.pop(0)

    monkeypatch.setattr(passwords, "is_terminal", lambda: True)
    monkeypatch.setattr(getpass, "getpass", ask)
    return prompts


def test_a_file_opens_it(closed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", closed]) == 1
    assert "asks for a password (give it" in capsys.readouterr().err
    assert main(["analyze", closed, "--json", "--password-file", password_file(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["document"]["name"] == "closed.pdf"
    assert "sesame" not in captured.out + captured.err


def test_the_wrong_one_is_said(closed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", closed, "--password-file", password_file(tmp_path, "wrong\n")]) == 1
    assert "does not open the PDF" in capsys.readouterr().err


@pytest.mark.parametrize(("content", "reason"), [("", "is empty"), ("\nlater\n", "is empty"), (None, "cannot be read")])
def test_a_file_without_a_password_is_wrong_use(
    content: str | None, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "none.txt") if content is None else password_file(tmp_path, content)
    assert main(["analyze", str(SAMPLE), "--password-file", path]) == 2
    assert reason in capsys.readouterr().err


def test_spaces_belong_to_the_password(tmp_path: Path) -> None:
    assert passwords.read_password_file(password_file(tmp_path, " a b \r\n")) == " a b "
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="UTF-8"):
        passwords.read_password_file(tmp_path / "bytes")


def test_a_terminal_is_asked_until_it_opens(closed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = answers(monkeypatch, "wrong", SECRET)
    marked = tmp_path / "marked.pdf"
    assert main(["analyze", closed, "-o", str(marked)]) == 0
    assert prompts == [f"Password of {closed}: ", f"This password does not open it. Password of {closed}: "]
    from pypdf import PdfReader

    assert not PdfReader(io.BytesIO(marked.read_bytes())).is_encrypted


def test_a_terminal_is_asked_three_times_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = answers(monkeypatch, "a", "b", "c", "d")

    def work(settings: Settings) -> None:
        raise EncryptedDocumentError("closed", hint=ASK_PASSWORD)

    with pytest.raises(EncryptedDocumentError):
        passwords.with_password("x.pdf", Settings(), work)
    assert len(prompts) == 3


def test_no_question_where_no_password_helps_or_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = answers(monkeypatch, "")

    def office(settings: Settings) -> None:
        raise EncryptedDocumentError("The document asks for a password", hint="save a copy")

    def pdf(settings: Settings) -> None:
        raise EncryptedDocumentError("closed", hint=ASK_PASSWORD)

    for work, count in ((office, 0), (pdf, 1)):
        with pytest.raises(EncryptedDocumentError):
            passwords.with_password("x", Settings(), work)
        assert len(prompts) == count


def test_compare_and_score_take_the_file(closed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--password-file", password_file(tmp_path)]
    assert main(["compare", closed, str(SAMPLE), *given]) == 0
    out = str(tmp_path / "scores.parquet")
    assert main(["score", closed, "-o", out, "--jobs", "1", "--json", *given]) == 0
    assert '"done": 1' in capsys.readouterr().out
