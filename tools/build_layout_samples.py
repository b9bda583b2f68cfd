"""Build the documents of `tests/golden/layout` (contract.pdf, .docx, .odt, .html, .md): layouts that real contracts have, in text of our own.

Each lies in a folder with `expected.json` beside it, the rows that a person reads there.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from layout_samples import office, pages, tables

ROOT = Path(__file__).resolve().parents[1] / "tests" / "golden" / "layout"


def main() -> None:
    """Write every sample."""
    for samples, suffix in ((pages.SAMPLES, "pdf"), (tables.SAMPLES, "pdf")):
        for name, build in samples.items():
            write(name, suffix, build())
    for name, (suffix, build) in office.SAMPLES.items():
        write(name, suffix, build())


def write(name: str, suffix: str, data: bytes) -> None:
    """Write one file."""
    folder = ROOT / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"contract.{suffix}").write_bytes(data)
    print(f"{name}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
