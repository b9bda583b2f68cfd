"""What a user may set, as one frozen object, readable from `analyzer.toml`.

Thresholds are defaults taken from practice guides of mixed quality, not law: they decide when a figure is called slow, long or low,
and they are meant to be edited.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from analyzer.errors import SettingsError
from analyzer.types import LANGUAGES, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Figures beyond which a clause is a finding. Units stand in the names."""

    #: A reaction later than this is slow: one business day of 8 hours, or 4 hours where the fault is critical.
    reaction_business_days: float = 1
    reaction_critical_hours: float = 4
    #: A resolution later than this is slow.
    resolution_business_days: float = 5
    resolution_critical_business_days: float = 1
    #: Minimum terms above this are long; renewals from this on, or notice windows over this, weigh more.
    minimum_term_months: float = 24
    renewal_months: float = 12
    notice_months: float = 3
    #: Liability caps: below the first figure (months of fees) high, below the second medium, else low.
    cap_months_high: float = 6
    cap_months_medium: float = 12
    #: A fixed cap under this many francs, euros or dollars counts as a small sum.
    cap_small_amount: float = 50_000
    #: Credits capped at or under this share of the fees, in per cent.
    credits_cap_percent: float = 20
    #: Credits or defects that must be claimed within fewer days than this.
    claim_days: float = 30
    defect_notice_days: float = 10
    acceptance_days: float = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what is read. Beyond one of them a document is refused with the figure, never cut silently."""

    max_bytes: int = 50_000_000
    max_pages: int = 2_000
    max_characters: int = 5_000_000
    max_page_characters: int = 200_000
    max_rows: int = 60_000
    max_lines: int = 200_000
    max_unpacked_bytes: int = 200_000_000
    max_part_bytes: int = 25_000_000
    max_entries: int = 10_000
    max_ratio: int = 100
    #: Files that make up one contract, the attachments of an e-mail included; and how deep e-mails may lie in one another.
    max_parts: int = 100
    max_mail_depth: int = 4
    #: Processor time of the reading of one document: a base plus a share per page. By the clock it may take 20 seconds more, on a busy machine.
    timeout_s: float = 8.0
    timeout_per_page_s: float = 0.5
    #: Processor time after which the rest of one page is given up, with a notice; the other pages are read.
    page_timeout_s: float = 4.0
    memory_bytes: int = 3_000_000_000
    #: Memory of the process that reads one document: its address space where the system can bound that, else what it holds.
    read_memory_bytes: int = 1_000_000_000
    #: Documents that one program reads at once in processes of their own, as a server with many users does; others wait. 0: one for each core, two at least.
    max_readers: int = 0
    #: Text recognition: wall time of a page and of a document, memory of the process that reads a page, and pixels of a page. What does not fit
    #: stays unread, with a notice.
    ocr_page_timeout_s: float = 60.0
    ocr_timeout_s: float = 300.0
    ocr_memory_bytes: int = 2_000_000_000
    max_ocr_pixels: int = 40_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Options of an analysis.

    Parameters
    ----------
    side : {"customer", "provider"}, default="customer"
        Whose interests the findings serve.
    language : str or None, default=None
        Language of explanations; None takes the language of the contract.
    country : str, default="CH"
        ISO 3166 code of the customer's country: decides what is foreign law.
    ocr : {"auto", "never", "force"}, default="auto"
        What to do with pages that are images: "auto" reads by text recognition those that hold no text of their own, "force" all of them.
        Needs tesseract and the extra `ocr`; without them "auto" reports such pages as unread.
    pdf_engine : {"pdfminer", "pdfium"}, default="pdfminer"
        Which reader takes PDF files; pdfium needs the extra `pdfium`.
    isolation : {"auto", "always", "never"}, default="auto"
        Whether documents are read in a process of their own, with limits of time and memory, which is killed when one is passed: "auto" reads
        small texts, DOCX, ODT and HTML files in the caller's process, as they are read by bounded code, and everything else apart.
    password : str, default=""
        Opens PDF files that ask for one. It is never shown, and not a part of what a result is told apart by.
    rules : str or None, default=None
        TOML file whose risk and checklist rules override the shipped ones by id.
    """

    side: Side = Side.CUSTOMER
    language: str | None = None
    country: str = "CH"
    ocr: str = "auto"
    pdf_engine: str = "pdfminer"
    isolation: str = "auto"
    rules: str | None = None
    password: str = field(default="", repr=False)
    thresholds: Thresholds = field(default_factory=Thresholds)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "side", Side(self.side))
        except ValueError:
            raise SettingsError(f"Unknown side {self.side!r}", hint="customer or provider") from None
        _check("language", self.language, (None, *LANGUAGES))
        _check("ocr", self.ocr, ("auto", "never", "force"))
        _check("pdf_engine", self.pdf_engine, ("pdfminer", "pdfium"))
        _check("isolation", self.isolation, ("auto", "always", "never"))

    @classmethod
    def from_file(cls, path: str | Path) -> Settings:
        """Read an `analyzer.toml`.

        Raises
        ------
        SettingsError
            The file is missing or no TOML, a key is unknown, a value is of the wrong type or out of range.
        """
        path = Path(path)
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"Cannot read the settings in {path.name}: {error}") from error
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Settings:
        """Make settings from plain tables, as TOML gives them."""
        values = dict(data)
        parts: dict[str, Any] = {}
        for name, kind in (("thresholds", Thresholds), ("limits", Limits)):
            if name in values:
                table = values.pop(name)
                if not isinstance(table, dict):
                    raise SettingsError(f"Setting {name} must be a table")
                _check_names(table, kind, prefix=f"{name}.")
                for key, value in table.items():
                    whole = kind is Limits and isinstance(getattr(Limits(), key), int)
                    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not 0 <= value < float("inf"):
                        raise SettingsError(f"Setting {name}.{key} must be a {'whole ' if whole else ''}number of 0 or more, not {value!r}")
                parts[name] = kind(**table)
        _check_names(values, cls)
        for key, value in values.items():
            if not isinstance(value, str):
                raise SettingsError(f"Setting {key} must be a text, not {value!r}")
        return cls(**values, **parts)


def _check(name: str, value: object, known: tuple[object, ...]) -> None:
    if value not in known:
        names = ", ".join(str(item) for item in known if item is not None)
        raise SettingsError(f"Unknown {name} {value!r}", hint=f"known: {names}")


def _check_names(table: dict[str, Any], kind: type, prefix: str = "") -> None:
    known = [item.name for item in fields(kind)]
    for key in table:
        if key not in known:
            raise SettingsError(f"Unknown setting {prefix}{key}", hint="known: " + ", ".join(known))
