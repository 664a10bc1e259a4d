"""What other tools print of certificates, written by hand in their form.

PowerShell, certutil, IOS, GnuTLS, GnuPG, and the comments of Mozilla's and curl's bundles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from samples import truth
from tests.corpus import spelling
from tests.corpus.facts import begin, common, end, key_id, number, serial
from tests.corpus.model import (
    REPORTED,
    Producer,
    Row,
    mixed,
    rows,
    subject_name,
    unlisted_roots,
)

PRODUCER = Producer("written by hand, in the form of the tool")


def write(path: Path, found: list[Row], lines: Iterable[str], end: str = "\n") -> list[Row]:
    """Write a text; it has one page."""
    path.write_bytes("".join(f"{line}{end}" for line in lines).encode())
    for row in found:
        row.page = 1
    return found


# --- PowerShell ----------------------------------------------------------------------------------

_PARENT = r"   PSParentPath: Microsoft.PowerShell.Security\Certificate::LocalMachine\Root"


def _power_shell(found: Sequence[Row]) -> list[str]:
    lines = ["", "", _PARENT, "", "Thumbprint                                Subject"]
    lines.append("----------                                -------")
    return [*lines, *(f"{row.shown}  {row.printed}" for row in found), "", ""]


@PRODUCER.document(
    "powershell-table.txt",
    "PowerShell's `Get-ChildItem Cert:\\LocalMachine\\Root`, wide enough",
    "names as Windows prints them; half of the roots are in no catalogue",
)
def power_shell(path: Path) -> list[Row]:
    found = rows(mixed(8, 10), None, spelling.upper, spelling.windows)
    return write(path, found, _power_shell(found), "\r\n")


@PRODUCER.document(
    "powershell-cut.txt",
    "the same in a narrow window: names cut off with `...`, of roots in no catalogue",
)
def power_shell_cut(path: Path) -> list[Row]:
    return _cut(path, "...", 33)


@PRODUCER.document(
    "powershell-7-cut.txt",
    "the same of PowerShell 7: names cut off with one character `…`, of roots in no catalogue",
)
def power_shell_7_cut(path: Path) -> list[Row]:
    return _cut(path, "\N{HORIZONTAL ELLIPSIS}", 35)


def _cut(path: Path, mark: str, width: int) -> list[Row]:
    found = rows(unlisted_roots(), None, spelling.upper, spelling.windows)
    long = [row for row in found if len(row.printed) > width]
    cut = [replace(row, printed=row.printed[:width] + mark, problem=REPORTED) for row in long]
    return write(path, cut, _power_shell(cut), "\r\n")


@PRODUCER.document(
    "powershell-list.txt",
    "PowerShell's `Format-List`: long values go on under their beginning; dates, serial number",
    "half of the roots are in no catalogue",
)
def power_shell_list(path: Path) -> list[Row]:
    found = rows(mixed(6, 30), None, spelling.upper, spelling.windows)
    lines: list[str] = ["", ""]
    for row in found:
        fields = {
            "Subject": row.printed,
            "Issuer": row.printed,
            "Thumbprint": row.shown,
            "FriendlyName": "",
            "NotBefore": f"{begin(row):%m/%d/%Y %H:%M:%S}",
            "NotAfter": f"{end(row):%m/%d/%Y %H:%M:%S}",
            "SerialNumber": serial(row).upper(),
        }
        for name, value in fields.items():
            first, *more = spelling.wrapped(value, 64) or [""]
            lines += [f"{name:<12} : {first}", *(f"{'':15}{each}" for each in more)]
        lines.append("")
    return write(path, found, lines, "\r\n")


# --- certutil ------------------------------------------------------------------------------------


@PRODUCER.document(
    "certutil-store.txt",
    "Windows' `certutil -store Root`: serial number and issuer before, dates, then the subject",
    "half of the roots are in no catalogue",
)
def certutil(path: Path) -> list[Row]:
    found = rows(mixed(7, 50), None, str, spelling.windows)
    lines = ['root "Trusted Root Certification Authorities"']
    for n, row in enumerate(found):
        lines += [
            f"================ Certificate {n} ================",
            f"Serial Number: {serial(row)}",
            f"Issuer: {row.printed}",
            f" NotBefore: {begin(row):%m/%d/%Y %I:%M %p}",
            f" NotAfter: {end(row):%m/%d/%Y %I:%M %p}",
            f"Subject: {row.printed}",
            "Signature matches Public Key",
            "Root Certificate: Subject matches Issuer",
            f"Cert Hash(sha1): {row.shown}",
            "No key provider information",
            "Cannot find the certificate and private key for decryption.",
            "",
        ]
    lines.append("CertUtil: -store command completed successfully.")
    return write(path, found, lines, "\r\n")


@PRODUCER.document(
    "certutil-dump.txt",
    "Windows' `certutil -dump`: names as indented lines, key identifier hash, three other digests",
    "half of the roots are in no catalogue",
)
def certutil_dump(path: Path) -> list[Row]:
    found = rows(mixed(4, 70), None, str, spelling.windows)
    lines = []
    for row in found:
        name = [f"    {part}" for part in _reversed(row, "{}={}")]
        lines += [
            "X509 Certificate:",
            "Version: 3",
            f"Serial Number: {serial(row)}",
            "",
            "Signature Algorithm:",
            "    Algorithm ObjectId: 1.2.840.113549.1.1.11 sha256RSA",
            "Issuer:",
            *name,
            f"  Name Hash(sha1): {row.der.hex()[200:240]}",
            "",
            f" NotBefore: {begin(row):%m/%d/%Y %I:%M %p}",
            f" NotAfter: {end(row):%m/%d/%Y %I:%M %p}",
            "",
            "Subject:",
            *name,
            f"  Name Hash(sha1): {row.der.hex()[200:240]}",
            "",
            f"Key Id Hash(rfc-sha1): {key_id(row)}",
            f"Key Id Hash(sha1): {key_id(row)[::-1]}",
            f"Cert Hash(md5): {row.der.hex()[100:132]}",
            f"Cert Hash(sha1): {row.shown}",
            "",
        ]
    return write(path, found, lines, "\r\n")


def _reversed(row: Row, form: str) -> list[str]:
    """Return the attributes from the most specific to the most general."""
    name = truth.rdns(subject_name(row.fingerprint))
    return [form.format(type_, value) for rdn in reversed(name) for type_, value in rdn]


# --- IOS -----------------------------------------------------------------------------------------


@PRODUCER.document(
    "ios-certificates.txt",
    "Cisco IOS' `show crypto pki certificates verbose`: issuer and subject as indented lines, "
    "digits in groups of eight, a key identifier",
    "half of the roots are in no catalogue",
)
def ios(path: Path) -> list[Row]:
    found = rows(mixed(5, 88), None, lambda d: spelling.eights(d.upper()))
    lines = []
    for n, row in enumerate(found):
        name = [f"    {part}" for part in _reversed(row, "{}={}")]
        lines += [
            "CA Certificate",
            "  Status: Available",
            "  Version: 3",
            f"  Certificate Serial Number (hex): {serial(row).upper()}",
            "  Certificate Usage: Signature",
            "  Issuer: ",
            *name,
            "  Subject: ",
            *name,
            "  Validity Date: ",
            f"    start date: {begin(row):%H:%M:%S UTC %b %d %Y}",
            f"    end   date: {end(row):%H:%M:%S UTC %b %d %Y}",
            "  Subject Key Info:",
            "    Public Key Algorithm: rsaEncryption",
            "    RSA Public Key: (2048 bit)",
            "  Signature Algorithm: SHA256 with RSA Encryption",
            f"  Fingerprint MD5: {spelling.eights(row.der.hex()[80:112].upper())} ",
            f"  Fingerprint SHA1: {row.shown} ",
            "  X509v3 extensions:",
            "    X509v3 Key Usage: 6000000",
            f"    X509v3 Subject Key ID: {spelling.eights(key_id(row).upper())} ",
            "    X509v3 Basic Constraints:",
            "        CA: TRUE",
            f"  Associated Trustpoints: ROOT-{n}",
            "",
        ]
    return write(path, found, lines)


# --- GnuTLS, GnuPG -------------------------------------------------------------------------------


@PRODUCER.document(
    "gnutls-certtool.txt",
    "GnuTLS' `certtool -i`: SHA-1 under `Fingerprint:`, and under `Public Key ID:` that of the key",
    "half of the roots are in no catalogue",
)
def gnutls(path: Path) -> list[Row]:
    found = rows(mixed(5, 105), None, name=spelling.rfc4514, prints_sha256=True)
    lines = []
    for row in found:
        lines += [
            "X.509 Certificate Information:",
            "\tVersion: 3",
            f"\tSerial Number (hex): {serial(row)}",
            f"\tIssuer: {row.printed}",
            "\tValidity:",
            f"\t\tNot Before: {begin(row):%a %b %d %H:%M:%S UTC %Y}",
            f"\t\tNot After: {end(row):%a %b %d %H:%M:%S UTC %Y}",
            f"\tSubject: {row.printed}",
            "\tSubject Public Key Algorithm: RSA",
            "\tExtensions:",
            "\t\tSubject Key Identifier (not critical):",
            f"\t\t\t{key_id(row)}",
            "Other Information:",
            "\tFingerprint:",
            f"\t\tsha1:{row.shown}",
            f"\t\tsha256:{row.sha256}",
            "\tPublic Key ID:",
            f"\t\tsha1:{key_id(row)}",
            f"\t\tsha256:{row.sha256[::-1]}",
            "",
        ]
    return write(path, found, lines)


@PRODUCER.document(
    "gpgsm-list.txt",
    "GnuPG's `gpgsm --list-keys`: labels aligned on their colons",
    "half of the roots are in no catalogue",
)
def gpgsm(path: Path) -> list[Row]:
    found = rows(mixed(6, 121), None, spelling.colons, spelling.slashes)
    lines = ["/home/test/.gnupg/pubring.kbx", "-----------------------------"]
    for row in found:
        lines += [
            f"           ID: 0x{row.fingerprint[-8:].upper()}",
            f"          S/N: {serial(row).upper()}",
            f"       Issuer: {row.printed}",
            f"      Subject: {row.printed}",
            f"     validity: {begin(row):%Y-%m-%d %H:%M:%S} through {end(row):%Y-%m-%d %H:%M:%S}",
            "     key type: rsa2048",
            "    key usage: certSign crlSign",
            " chain length: unlimited",
            f"     sha1 fpr: {row.shown}",
            "",
        ]
    return write(path, found, lines)


# --- bundles -------------------------------------------------------------------------------------


@PRODUCER.document(
    "certdata-comments.txt",
    "the comments of Mozilla's certdata.txt: each line behind `# `, MD5 above SHA-1",
    "half of the roots are in no catalogue",
)
def certdata(path: Path) -> list[Row]:
    found = rows(mixed(7, 15), None, spelling.colons, spelling.rfc4514)
    lines = []
    for row in found:
        lines += [
            "#",
            f'# Certificate "{common(row)}"',
            "#",
            f"# Issuer: {row.printed}",
            f"# Serial Number:{spelling.grouped(serial(row), 2, ':')}",
            f"# Subject: {row.printed}",
            f"# Not Valid Before: {begin(row):%a %b %d %H:%M:%S %Y}",
            f"# Not Valid After : {end(row):%a %b %d %H:%M:%S %Y}",
            f"# Fingerprint (MD5): {spelling.colons(row.der.hex()[60:92])}",
            f"# Fingerprint (SHA1): {row.shown}",
        ]
    return write(path, found, lines)


@PRODUCER.document(
    "certifi-comments.txt",
    "records as certifi's bundle has them, without the certificates: `# Subject:`, `# Label:`, "
    "a decimal serial number, MD5, SHA-1, SHA-256",
    "half of the roots are in no catalogue",
)
def certifi(path: Path) -> list[Row]:
    found = rows(mixed(7, 33), None, spelling.colons, spelling.rfc4514, prints_sha256=True)
    lines = []
    for row in found:
        lines += [
            "",
            f"# Issuer: {row.printed}",
            f"# Subject: {row.printed}",
            f'# Label: "{common(row)}"',
            f"# Serial: {number(row)}",
            f"# MD5 Fingerprint: {spelling.colons(row.der.hex()[60:92]).lower()}",
            f"# SHA1 Fingerprint: {row.shown.lower()}",
            f"# SHA256 Fingerprint: {spelling.colons(row.sha256).lower()}",
        ]
    return write(path, found, lines)


@PRODUCER.document(
    "log-added.txt",
    "the log of a tool that adds and removes roots: `ADDED`, `REMOVED`, each with its record",
    "what is removed is reported; half of the roots are in no catalogue",
)
def added(path: Path) -> list[Row]:
    found = rows(mixed(6, 65), None, spelling.colons)
    found[4] = replace(found[4], problem=REPORTED)
    lines = []
    for row in found:
        done = "REMOVED " if row.problem else "ADDED   "
        lines += [
            f"{done} Repository imported",
            f"         SHA1      : {row.shown}",
            f"         Subject   : {row.printed}",
            f"         Not Before: {begin(row):%b %d %H:%M:%S %Y GMT}",
            f"         Not After : {end(row):%b %d %H:%M:%S %Y GMT}",
        ]
    return write(path, found, lines)


# --- further tools -------------------------------------------------------------------------------


@PRODUCER.document(
    "nss-certutil.txt",
    "NSS' `certutil -L -n`: names in quotes, key identifier as `Data:`, digests below their labels",
    "half of the roots are in no catalogue",
)
def nss(path: Path) -> list[Row]:
    found = rows(mixed(5, 19), None, spelling.colons, spelling.rfc4514, prints_sha256=True)
    lines = []
    for row in found:
        lines += [
            "Certificate:",
            "    Data:",
            "        Version: 3 (0x2)",
            "        Serial Number:",
            f"            {spelling.grouped(serial(row), 2, ':')}",
            "        Signature Algorithm: PKCS #1 SHA-256 With RSA Encryption",
            f'        Issuer: "{row.printed}"',
            "        Validity:",
            f"            Not Before: {begin(row):%a %b %d %H:%M:%S %Y}",
            f"            Not After : {end(row):%a %b %d %H:%M:%S %Y}",
            f'        Subject: "{row.printed}"',
            "        Signed Extensions:",
            "            Name: Certificate Subject Key ID",
            "            Data:",
            f"                {spelling.grouped(key_id(row), 2, ':')}",
            "    Fingerprint (SHA-256):",
            f"        {spelling.colons(row.sha256)}",
            "    Fingerprint (SHA1):",
            f"        {row.shown}",
            "",
            "    Mozilla-CA-Policy: true (attribute present)",
            "    Certificate Trust Flags:",
            "        SSL Flags:",
            "            Valid CA",
            "            Trusted CA",
            "",
        ]
    return write(path, found, lines)


@PRODUCER.document(
    "junos-pki.txt",
    "Junos' `show security pki ca-certificate detail`: which digest it is stands behind the digits",
    "half of the roots are in no catalogue",
)
def junos(path: Path) -> list[Row]:
    found = rows(mixed(5, 29), None, lambda d: spelling.grouped(d, 2, ":"))
    lines = []
    for n, row in enumerate(found):
        lines += [
            f"Certificate identifier: ROOT-{n}",
            "  Certificate version: 3",
            f"  Serial number: 0x{serial(row)}",
            f"  Subject string: {row.printed}",
            "  Validity:",
            f"    Not before: {begin(row):%m-%d-%Y %H:%M} UTC",
            f"    Not after: {end(row):%m-%d-%Y %H:%M} UTC",
            "  Public key algorithm: rsaEncryption(2048 bits)",
            "  Signature algorithm: sha256WithRSAEncryption",
            "  Use for key: CRL signing, Certificate signing",
            "  Fingerprint:",
            f"    {row.shown} (sha1)",
            f"    {spelling.grouped(row.der.hex()[60:92], 2, ':')} (md5)",
            "",
        ]
    return write(path, found, lines)


@PRODUCER.document(
    "grid-table.txt",
    "a table drawn with `+`, `-` and `|`, as psql and reStructuredText have it; wrapped cells",
    "half of the roots are in no catalogue",
)
def grid(path: Path) -> list[Row]:
    found = rows(mixed(6, 49), None)
    widths = (4, 40, 48)
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"

    def drawn(*cells: str) -> list[str]:
        columns = [
            spelling.wrapped(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)
        ]
        return [
            "| "
            + " | ".join(
                f"{column[n] if n < len(column) else '':<{width}}"
                for column, width in zip(columns, widths, strict=True)
            )
            + " |"
            for n in range(max(map(len, columns)))
        ]

    lines = [rule, *drawn("No.", "SHA-1", "Subject"), rule.replace("-", "=")]
    for n, row in enumerate(found, 1):
        lines += [*drawn(str(n), row.shown, row.printed), rule]
    return write(path, found, lines)


@PRODUCER.document(
    "mail-quoted.txt",
    "a list quoted in a letter: `> ` before each line, a greeting, a signature",
    "half of the roots are in no catalogue",
)
def mail(path: Path) -> list[Row]:
    found = rows(mixed(6, 59), "14.1(1)", spelling.colons)
    lines = ["Hello,", "", "this is what the phones on firmware 14.1(1) trust:", ""]
    for row in found:
        lines += [f"> {row.shown}", f">   {row.printed}"]
    return write(path, found, [*lines, "", "Regards,", "-- ", "Network operations, building 12"])


@PRODUCER.document(
    "wiki-table.txt",
    "a table in the markup of MediaWiki: `|-`, `||`, titles behind `!`",
    "half of the roots are in no catalogue",
)
def wiki(path: Path) -> list[Row]:
    found = rows(mixed(6, 79), None, spelling.upper)
    lines = ['{| class="wikitable"', "! Subject !! Serial number !! SHA-1 !! Expires"]
    for row in found:
        lines.append("|-")
        lines.append(f"| {row.printed} || {serial(row)} || {row.shown} || {end(row):%Y-%m-%d}")
    return write(path, found, [*lines, "|}"])
