"""Break the sample files in thousands of ways and read them: `make fuzz`, for FUZZ_SECONDS (default 300), with FUZZ_SEED.

Each file that does not end in a Document or one of our errors, in time, is written to out/fuzz with the error beside it.
"""

from __future__ import annotations

import io
import os
import random
import re
import sys
import time
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "data" / "samples"
#: Seconds that a broken sample may take; the samples themselves take a tenth of one.
MOST_SECONDS = 10.0

_ODF_NAMES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table"))
_ODT = f"""<?xml version="1.0"?><office:document-content {_ODF_NAMES}><office:body><office:text>
<text:h text:outline-level="1">1 Service levels</text:h><text:p>The provider <text:span>reacts</text:span> within<text:s text:c="3"/>four hours.</text:p>
<text:list><text:list-item><text:p>Monday to Friday</text:p></text:list-item></text:list>
<table:table><table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>Priority 1</text:p></table:table-cell></table:table-row></table:table>
</office:text></office:body></office:document-content>"""
_HTML = """<!doctype html><html><head><meta charset="utf-8"><title>t</title></head><body><h1>Wartung</h1><p style="display:none">x</p>
<ol start="3"><li>Reaktion<li>Behebung</ol><table><tr><th rowspan=2>Priorität</th><td colspan="2">1 h</td></tr><tr><td>2 h</td></tr></table>
<pre>a  b</pre><del>alt</del>&nbsp;&euro; 100&#x2011;200</body></html>"""


def seeds() -> dict[str, bytes]:
    """Return a whole file of each format that is read."""
    found = {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.is_file()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", _ODT)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = (
        "a@example.org",
        "b@example.org",
        "Offre: café",
        "<1@example.org>",
    )
    message.set_content("Le prestataire réagit dans les quatre heures.")
    message.add_alternative(_HTML, subtype="html")
    pdf = next(data for name, data in found.items() if name.endswith(".pdf"))
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename="annexe.pdf")
    return {
        **found,
        "made.odt": packed.getvalue(),
        "made.html": _HTML.encode(),
        "made.eml": message.as_bytes(),
        "made.txt": b"1. Prix\n\nLa redevance est de CHF 100.-\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "unpacked.pdf": unpack_pdf(pdf),
    }


def unpack_pdf(data: bytes) -> bytes:
    """Return a PDF with its streams unpacked, so that what is changed is what they say; its table of objects is wrong then."""

    def plain(match: re.Match[bytes]) -> bytes:
        try:
            content = zlib.decompress(match[2])
        except zlib.error:
            return match[0]
        return re.sub(rb"/Filter\s*(\[[^]]*\]|/\w+)", b"", match[1]) + content + b"\nendstream"

    return re.sub(rb"(<<[^\0]{0,400}?>>\s*stream\r?\n)(.*?)\s*endstream", plain, data, flags=re.DOTALL)


def mutate(rng: random.Random, data: bytes) -> bytes:
    """Return `data` with some damage: bytes, numbers, pieces that are cut, doubled, swapped or taken from elsewhere in it; in a zip file, inside its parts."""
    if data[:2] == b"PK" and rng.random() < 0.7:
        return _mutate_package(rng, data)
    broken = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        rng.choice(_MUTATIONS)(rng, broken)
        if not broken:
            break
    return bytes(broken)


def _mutate_package(rng: random.Random, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = rng.choice([name for name in names if name.endswith(("content.xml", "document.xml"))] * 3 + names)
        for name in names:
            content = old.read(name)
            if name == chosen:
                content = mutate(rng, content) if content[:2] != b"PK" else content
            if name != chosen or rng.random() < 0.95:
                new.writestr(name, content)
    return packed.getvalue()


def _flip(rng: random.Random, data: bytearray) -> None:
    for _ in range(rng.choice((1, 3, 20))):
        data[rng.randrange(len(data))] = rng.randrange(256)


def _number(rng: random.Random, data: bytearray) -> None:
    places = list(re.finditer(rb"\d+", data[:400_000]))
    if places:
        match = rng.choice(places)
        data[match.start() : match.end()] = rng.choice((b"0", b"-1", b"1", b"65536", b"2147483648", b"99999999999999999999", b"1e9", b".5"))


def _cut(rng: random.Random, data: bytearray) -> None:
    start = rng.randrange(len(data))
    del data[start : start + rng.choice((1, 10, 1000, len(data)))]


def _double(rng: random.Random, data: bytearray) -> None:
    start = rng.randrange(len(data))
    piece = bytes(data[start : start + rng.choice((1, 20, 500, 5000))])
    place = rng.randrange(len(data) + 1)
    data[place:place] = piece * rng.choice((1, 1, 2, 200)) if len(piece) < 600 else piece


def _swap(rng: random.Random, data: bytearray) -> None:
    first, second = sorted(rng.randrange(len(data)) for _ in range(2))
    length = rng.choice((4, 100))
    data[first : first + length], data[second : second + length] = data[second : second + length], data[first : first + length]


def _token(rng: random.Random, data: bytearray) -> None:
    place = rng.randrange(len(data) + 1)
    data[place:place] = rng.choice(
        (b"<<", b">>", b"[" * 50, b"]", b"(", b")", b" obj", b"endobj", b"stream\n", b"endstream", b"<" * 30, b"&#0;", b"\0" * 40, b"%PDF-1.4", b"/Kids[1 0 R]",
         b" 1 0 R ", b"/ToUnicode", b"</p>", b"<table>" * 30, b"<![CDATA[", b"<!DOCTYPE x>", b"\xff\xfe", b"--", b"\n\n", b"\r", b"=?utf-8?q?=", b"\xed\xa0\x80")
    )  # fmt: skip


_MUTATIONS: tuple[Callable[[random.Random, bytearray], None], ...] = (_flip, _number, _cut, _double, _swap, _token)


def broken_files(seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield broken files without end, the same ones for the same seed."""
    rng = random.Random(seed)
    files = sorted(seeds().items())
    while True:
        name, data = rng.choice(files)
        yield name, mutate(rng, data)


def check(data: bytes) -> str:
    """Read a file and return how it ended.

    Raises
    ------
    AssertionError
        It took too long, or spans are out of bounds. Anything else that comes out is a fault as well, other than our own errors.
    """
    from analyzer.errors import AnalyzerError
    from analyzer.reading import read_document
    from analyzer.settings import Settings
    from analyzer.structure import split_document

    start = time.perf_counter()
    try:
        document = read_document(data, settings=Settings(ocr="never", isolation="never"))
    except AnalyzerError as error:
        end = error.code
        assert error.message, "an error without a message"
        assert end not in ("error", "internal"), f"an error without a code of its own: {error}"
    else:
        end = "read"
        last = 0
        for row in split_document(document):
            assert last <= row.span.start < row.span.end <= len(document.text), f"span {row.span} after {last} of {len(document.text)}"
            last = row.span.end
            document.boxes(row.span)
    seconds = time.perf_counter() - start
    assert seconds < MOST_SECONDS, f"{seconds:.0f} seconds"
    return end


def main() -> int:
    """Run for FUZZ_SECONDS; return 1 where something was found."""
    sys.path.insert(0, str(ROOT))
    seconds = float(os.environ.get("FUZZ_SECONDS", "300"))
    seed = int(os.environ.get("FUZZ_SEED", str(int(time.time()))))
    out = ROOT / "out" / "fuzz"
    ends: Counter[str] = Counter()
    found = 0
    stop = time.monotonic() + seconds
    for number, (name, data) in enumerate(broken_files(seed)):
        if time.monotonic() > stop:
            break
        try:
            ends[check(data)] += 1
        except KeyboardInterrupt:
            break
        except BaseException:
            found += 1
            out.mkdir(parents=True, exist_ok=True)
            path = out / f"{seed}-{number}-{name}"
            path.write_bytes(data)
            path.with_name(path.name + ".txt").write_text(traceback.format_exc(), encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: {traceback.format_exc().splitlines()[-1]}", flush=True)
    listed = ", ".join(f"{end} {count}" for end, count in ends.most_common())
    print(f"seed {seed}: {sum(ends.values()) + found} files, {listed}; {found} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
