"""Java's own key stores, JKS and JCEKS, as `sun.security.provider.JavaKeyStore` writes them.

A store is a magic number, a version, a count, entries, and at its end the SHA-1 of the password, a
fixed phrase and all that is before. Numbers are big-endian, texts have a length of two bytes. The
certificates themselves are not encrypted.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
from typing import Final, NamedTuple

from pipeline.extract.formats import Certificates, FormatError
from pipeline.extract.formats.passwords import HOW, candidates

_KINDS: Final = {b"\xfe\xed\xfe\xed": "JKS", b"\xce\xce\xce\xce": "JCEKS"}
_PHRASE: Final = b"Mighty Aphrodite"
_DIGEST: Final = 20
_VERSIONS: Final = (1, 2)
_PRIVATE, _TRUSTED, _SECRET = 1, 2, 3


_BLOCKED: Final = re.compile(rb"(?:#[^\n]*\n\s*)*Algorithm=SHA-?\d+\s+[0-9A-F]{40}")


def read(data: bytes) -> Certificates | None:
    """The trusted certificates of a store, and those that belong to its keys.

    Raises:
        FormatError: no password that is known opens it, or it can't be read; or it is the list of
            certificates that Java blocks.
    """
    if _BLOCKED.match(data):
        raise FormatError("this is what Java doesn't trust (blocked.certs), no list of roots.")
    kind = _KINDS.get(data[:4])
    if kind is None:
        return None
    if not any(_opens(password, data) for password in candidates()):
        raise FormatError(f"this {kind} store needs a password, or is damaged. {HOW}")
    try:
        return _entries(_Reader(data[:-_DIGEST], 4))
    except (struct.error, _CutOffError):
        raise FormatError(f"this {kind} store is damaged. Copy it again.") from None
    except _SecretError:
        raise FormatError(
            f"this {kind} store holds a secret key, which hides what is behind it. Make a PKCS #12 "
            "store of its certificates: keytool -importkeystore -deststoretype PKCS12."
        ) from None


class _CutOffError(ValueError):
    """The store ends within a value."""


class _SecretError(ValueError):
    """A secret key is a serialised Java object, whose length nothing states."""


def _opens(password: str, data: bytes) -> bool:
    """Whether the digest at the end of a store is the one that a password gives."""
    given = password.encode("utf-16-be", "surrogatepass")
    digest = hashlib.sha1(given + _PHRASE + data[:-_DIGEST], usedforsecurity=False).digest()
    return hmac.compare_digest(digest, data[-_DIGEST:])


class _Reader(NamedTuple):
    """Reads a store's values one after the other."""

    data: bytes
    start: int

    def number(self, form: str) -> tuple[int, _Reader]:
        """A number of a `struct` form."""
        (value,) = struct.unpack_from(form, self.data, self.start)
        return value, self._replace(start=self.start + struct.calcsize(form))

    def counted(self, form: str) -> tuple[bytes, _Reader]:
        """Bytes behind their own length."""
        length, rest = self.number(form)
        if length < 0 or rest.start + length > len(rest.data):
            raise _CutOffError
        end = rest.start + length
        return rest.data[rest.start : end], rest._replace(start=end)

    def certificate(self, version: int) -> tuple[bytes, _Reader]:
        """A certificate, behind its type since version 2."""
        _, rest = self.counted(">H") if version > 1 else (b"", self)
        return rest.counted(">i")


def _entries(rest: _Reader) -> Certificates:
    version, rest = rest.number(">i")
    if version not in _VERSIONS:
        raise _CutOffError
    count, rest = rest.number(">i")
    trusted: list[bytes] = []
    own: list[bytes] = []
    for _ in range(count):
        kind, rest = rest.number(">i")
        _, rest = rest.counted(">H")  # its alias
        _, rest = rest.number(">q")  # when it was made
        if kind == _TRUSTED:
            der, rest = rest.certificate(version)
            trusted.append(der)
        elif kind == _PRIVATE:
            _, rest = rest.counted(">i")
            length, rest = rest.number(">i")
            for _ in range(length):
                der, rest = rest.certificate(version)
                own.append(der)
        elif kind == _SECRET:
            raise _SecretError
        else:
            raise _CutOffError
    return Certificates(trusted, [], own)
