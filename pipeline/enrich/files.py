"""The user's own certificates as sources: files and key stores, and directories of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pipeline import inputs
from pipeline.errors import UsageError
from pipeline.extract import formats
from pipeline.extract.formats import workbook
from pipeline.x509.bundle import BadSignatureError, damaged_blocks

_LARGEST: Final = 64 * inputs.MIB
"""Bytes of a file; the largest stores of certificates have two MiB."""
_SHA256: Final = 64
_KINDS: Final = "PEM, DER or PKCS #7 (.pem .crt .cer .der .p7b), a store, or a table with PEM"


@dataclass(frozen=True)
class File:
    """A file's certificates, by their SHA-1 fingerprint."""

    name: str
    certificates: dict[str, bytes]

    def find(self, fingerprints: Collection[str]) -> dict[str, bytes]:
        """Give the DER of each certificate the file holds among these."""
        known = self._by_sha256 if any(len(each) == _SHA256 for each in fingerprints) else {}
        known = self.certificates | known
        return {each: known[each] for each in fingerprints if each in known}

    @cached_property
    def _by_sha256(self) -> dict[str, bytes]:
        return {hashlib.sha256(der).hexdigest(): der for der in self.certificates.values()}


def files(paths: Iterable[Path]) -> list[File]:
    """Read files of certificates, and the files right in directories; each becomes a source.

    In a directory, files without certificates are passed over.

    Raises `UsageError` if a path can't be read, holds no certificate, or one that is damaged.
    """
    return [file for path in paths for file in _files(path)]


def file_of(path: Path, data: bytes) -> File:
    """Make a source of a file's content; what is damaged in it is left out.

    Raises:
        FormatError: it is of a format that holds certificates, and can't be read.
    """
    return _source(path, formats.certificates_of(data))


def _source(path: Path, content: formats.Certificates | None) -> File:
    ders = [*content.ders, *content.own] if content else []
    by_fingerprint = {hashlib.sha1(der, usedforsecurity=False).hexdigest(): der for der in ders}
    return File(f"file:{path.name}", by_fingerprint)


def _files(path: Path) -> Sequence[File]:
    try:
        if not path.is_dir():
            found = [_file(path)]
        else:
            found = [_file(each, path) for each in sorted(path.iterdir()) if _is_likely(each)]
    except OSError as error:
        where = error.filename or path
        raise UsageError(f"{where}: can't be read: {error.strerror}.") from error
    with_any = [file for file in found if file.certificates]
    if not with_any:
        raise UsageError(f"{path}: holds no certificate. Give a file in {_KINDS}, or a directory.")
    return with_any


def _is_likely(path: Path) -> bool:
    """Whether a file in a directory may hold certificates, and not a film."""
    return path.is_file() and path.stat().st_size <= _LARGEST


def _file(path: Path, directory: Path | None = None) -> File:
    """A file as a source; a spreadsheet that can't be opened is passed over in a directory."""
    try:
        data = inputs.read(path, _LARGEST)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        content = formats.certificates_of(data)
        damaged = content.damaged if content else []
    except formats.FormatError as error:
        if directory and workbook.is_workbook(data):
            return File(f"file:{path.name}", {})
        damaged = _damaged(data)
        if not damaged:
            raise UsageError(f"{path}: {error}") from error
    if damaged:
        raise UsageError(
            f"{path}: {damaged[0]} holds no certificate that can be read. "
            "Mend the file, or take the block out."
        )
    return _source(path, content)


def _damaged(data: bytes) -> list[str]:
    """The blocks of PEM that hold nothing that can be read; not those whose signature is bad."""
    try:
        return [f"block {number} of PEM" for number in damaged_blocks(data)]
    except BadSignatureError:
        return []
