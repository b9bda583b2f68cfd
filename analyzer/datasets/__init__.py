"""Labelled data in files: our own format, and those of doccano, Prodigy, Label Studio, CSV and spaCy."""

from __future__ import annotations

from analyzer.datasets.check import Fault, check_contracts
from analyzer.datasets.formats import FORMATS, read_labelled, write_labelled
from analyzer.datasets.native import Contract, read_contract, read_contracts, write_contract
from analyzer.datasets.stats import describe_contracts

__all__ = [
    "FORMATS",
    "Contract",
    "Fault",
    "check_contracts",
    "describe_contracts",
    "read_contract",
    "read_contracts",
    "read_labelled",
    "write_contract",
    "write_labelled",
]
