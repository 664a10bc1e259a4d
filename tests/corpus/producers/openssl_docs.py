"""What OpenSSL prints of certificates, by various options."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.corpus.model import Producer, Row, mixed, program, rows

PROGRAM = program("openssl")

_said = subprocess.run([PROGRAM, "version"], capture_output=True, text=True, check=True).stdout
PRODUCER = Producer(" ".join(_said.split()[:2]))


def printed(row: Row, *options: str) -> str:
    """Return what `openssl x509 -noout` prints of a root."""
    command = [PROGRAM, "x509", "-inform", "DER", "-noout", *options]
    done = subprocess.run(command, input=row.der, capture_output=True, check=True)
    return done.stdout.decode()


def write(path: Path, found: list[Row], parts: Sequence[str]) -> list[Row]:
    """Write a text; it has one page."""
    path.write_text("".join(parts), encoding="utf-8")
    for row in found:
        row.page = 1
    return found


@PRODUCER.document(
    "openssl-text.txt",
    "`x509 -text -fingerprint`: key identifiers of 40 digits below their labels, keys, signatures",
    "half of the roots are in no catalogue",
)
def text(path: Path) -> list[Row]:
    found = rows(mixed(6, 5), None)
    options = ("-text", "-fingerprint", "-nameopt", "utf8,sep_comma_plus_space,-esc_msb")
    return write(path, found, [printed(row, *options) for row in found])


@PRODUCER.document(
    "openssl-text-oneline.txt",
    "`x509 -text -nameopt oneline -fingerprint -sha256`, then `-fingerprint`",
    "half of the roots are in no catalogue",
)
def text_oneline(path: Path) -> list[Row]:
    found = rows(mixed(5, 31), None, prints_sha256=True)
    parts = [
        part
        for row in found
        for part in (
            printed(row, "-text", "-nameopt", "oneline,utf8,-esc_msb", "-fingerprint", "-sha256"),
            printed(row, "-fingerprint"),
        )
    ]
    return write(path, found, parts)


@PRODUCER.document(
    "openssl-dates.txt",
    "`x509 -subject -dates -fingerprint`: dates between subject and fingerprint",
    "half of the roots are in no catalogue",
)
def dates(path: Path) -> list[Row]:
    found = rows(mixed(8, 42), None)
    options = ("-subject", "-dates", "-fingerprint", "-nameopt", "oneline,utf8,-esc_msb")
    return write(path, found, [printed(row, *options) for row in found])


@PRODUCER.document(
    "openssl-serial.txt",
    "`x509 -serial -issuer -subject -enddate -fingerprint -nameopt RFC2253`, a line between",
    "half of the roots are in no catalogue",
)
def serial(path: Path) -> list[Row]:
    found = rows(mixed(8, 60), None)
    options = ("-serial", "-issuer", "-subject", "-enddate", "-fingerprint")
    names = ("-nameopt", "RFC2253,utf8,-esc_msb")
    return write(path, found, [printed(row, *options, *names) + "\n" for row in found])


@PRODUCER.document(
    "openssl-multiline.txt",
    "`x509 -subject -nameopt multiline -fingerprint`: an attribute on each line",
    "half of the roots are in no catalogue",
)
def multiline(path: Path) -> list[Row]:
    found = rows(mixed(6, 75), None)
    options = ("-subject", "-fingerprint", "-nameopt", "multiline,utf8,-esc_msb")
    return write(path, found, [printed(row, *options) for row in found])


@PRODUCER.document(
    "openssl-loop.txt",
    "a loop over files: the file's name, hash, fingerprint, subject, SHA-256",
    "half of the roots are in no catalogue",
)
def loop(path: Path) -> list[Row]:
    found = rows(mixed(7, 90), None, prints_sha256=True)
    names = ("-nameopt", "utf8,sep_comma_plus_space,-esc_msb")
    parts = []
    for number, row in enumerate(found, 1):
        parts.append(f"== certs/root-{number:02}.pem ==\n")
        parts.append(printed(row, "-hash", "-fingerprint", "-subject", *names))
        parts.append(printed(row, "-fingerprint", "-sha256") + "\n")
    return write(path, found, parts)


@PRODUCER.document(
    "openssl-digests.txt",
    "`SHA256 Fingerprint=` above `SHA1 Fingerprint=` and `MD5 Fingerprint=`, subject first",
    "half of the roots are in no catalogue",
)
def digests(path: Path) -> list[Row]:
    found = rows(mixed(7, 111), None, prints_sha256=True)
    parts = []
    for row in found:
        parts.append(printed(row, "-subject", "-nameopt", "oneline,utf8,-esc_msb"))
        parts += [printed(row, "-fingerprint", each) for each in ("-sha256", "-sha1", "-md5")]
    return write(path, found, parts)
