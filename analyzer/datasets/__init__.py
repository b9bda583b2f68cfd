"""Labelled data in files: our own format, those of doccano, Prodigy, Label Studio, CSV and spaCy, and public corpora."""

from __future__ import annotations

from analyzer.datasets.check import Fault, check_contracts
from analyzer.datasets.corpora import CORPORA, read_corpus
from analyzer.datasets.formats import FORMATS, read_labelled, write_labelled
from analyzer.datasets.native import Contract, read_contract, read_contracts, write_contract
from analyzer.datasets.splits import assign_splits
from analyzer.datasets.stats import describe_contracts

__all__ = [
    "CORPORA",
    "FORMATS",
    "Contract",
    "Fault",
    "assign_splits",
    "check_contracts",
    "describe_contracts",
    "read_contract",
    "read_contracts",
    "read_corpus",
    "read_labelled",
    "write_contract",
    "write_labelled",
]
