"""Name constraints (RFC 5280 section 4.2.1.10), as OpenSSL applies them.

OpenSSL holds each name against each constraint. Here only those constraints are looked at that
can say something of a name (`_Trees.about`), so that many of both take no longer than to read
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from pipeline.check.openssl.codes import Code
from pipeline.check.openssl.extensions import NameConstraints, Subtree
from pipeline.check.openssl.general_names import (
    DIRECTORY,
    DNS,
    EMAIL,
    IP,
    OTHER,
    SMTP_UTF8_MAILBOX,
    URI,
    GeneralName,
)
from pipeline.check.openssl.link import Link
from pipeline.check.openssl.profile import OpenSSL
from pipeline.x509 import asn1

_MOST_CHECKS: Final = 1 << 20
_LONGEST_HOST: Final = 254
_TEXTS: Final = frozenset({EMAIL, DNS, URI})
_LookupKey = bytes | tuple[bytes, bytes]
# a common name that looks like a host name of at least two labels
_HOST: Final = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_NO_HOST: Final = re.compile(rb"\.\.|-\.|\.-")


def violated(link: Link, constraints: NameConstraints) -> Code:
    """Hold a certificate's names against a CA's constraints."""
    permitted, excluded = _trees(constraints, link.openssl)
    names = link.subject_size + len(link.extensions.alternative_names)
    trees = len(constraints.permitted) + len(constraints.excluded)
    if link.openssl.limits_constraints and names and trees > _MOST_CHECKS // names:
        return Code.UNSPECIFIED
    for name in _names(link):
        if name is None:
            return Code.UNSUPPORTED_NAME_SYNTAX
        if code := _checked(name, permitted, excluded):
            return code
    return Code.OK


def violated_by_common_name(link: Link, constraints: NameConstraints) -> Code:
    """Hold the subject's common names, where they look like host names, against constraints."""
    permitted, excluded = _trees(constraints, link.openssl)
    for common_name in link.common_names:
        if common_name is None:
            return Code.UNSPECIFIED
        written = common_name.rstrip(b"\0")
        if b"\0" in written:
            return Code.UNSUPPORTED_NAME_SYNTAX
        if _is_host(written) and (code := _checked(GeneralName(DNS, written), permitted, excluded)):
            return code
    return Code.OK


def _is_host(written: bytes) -> bool:
    return b"." in written and bool(_HOST.fullmatch(written)) and not _NO_HOST.search(written)


def _names(link: Link) -> Iterable[GeneralName | None]:
    if link.subject_size:
        yield GeneralName(DIRECTORY, link.subject)
        for address in link.email_addresses:
            yield None if address is None else GeneralName(EMAIL, address)
    yield from link.extensions.alternative_names


def _checked(name: GeneralName, permitted: _Trees, excluded: _Trees) -> Code:
    kind = permitted.effective_kind(name)
    about = permitted.about(name, kind)
    if about:
        code = _permitted(name, about, permitted)
        if code:
            return code
    for tree in excluded.about(name, kind):
        if excluded.is_limited(tree):
            return Code.SUBTREE_MINMAX
        code = within(name, tree.base, excluded.openssl)
        if code != Code.PERMITTED_VIOLATION:
            return Code.EXCLUDED_VIOLATION if code == Code.OK else code
    return Code.OK


def _permitted(name: GeneralName, about: list[Subtree], trees: _Trees) -> Code:
    is_permitted = False
    for tree in about:
        if trees.is_limited(tree):
            return Code.SUBTREE_MINMAX
        if is_permitted:
            continue
        code = within(name, tree.base, trees.openssl)
        if code not in (Code.OK, Code.PERMITTED_VIOLATION):
            return code
        is_permitted = code == Code.OK
    return Code.OK if is_permitted else Code.PERMITTED_VIOLATION


# --- which constraints can say something of a name -------------------------------------------


@lru_cache(maxsize=256)
def _trees(constraints: NameConstraints, openssl: OpenSSL) -> tuple[_Trees, _Trees]:
    return _Trees(constraints.permitted, openssl), _Trees(constraints.excluded, openssl)


class _Trees:
    """Subtrees, to look up those that can say something of a name.

    That are: the first of the name's kind (it finds what is wrong with the name itself), those that
    are odd, and those whose base the name ends in, begins with, or lies in as an address.
    """

    def __init__(self, trees: Iterable[Subtree], openssl: OpenSSL) -> None:
        self.openssl = openssl
        self._of_kind: dict[object, list[Subtree]] = {}
        for tree in dict.fromkeys(map(_normal, trees)):
            self._of_kind.setdefault(self._kind_of(tree.base), []).append(tree)
        self._indices: dict[object, _Index] = {}

    def effective_kind(self, name: GeneralName) -> object:
        """Give the kind of constraint that is about a name."""
        is_mail = name.other_type == SMTP_UTF8_MAILBOX and self.openssl.reads_mailboxes_of_utf8
        return EMAIL if is_mail else self._kind_of(name)

    def _kind_of(self, name: GeneralName) -> object:
        if name.kind == OTHER and self.openssl.tells_other_names_apart:
            return OTHER, name.other_type
        return name.kind

    def is_limited(self, tree: Subtree) -> bool:
        """Whether a subtree has a minimum or a maximum, which OpenSSL doesn't support."""
        if tree.has_maximum:
            return True
        return bool(tree.minimum) if self.openssl.takes_minimum_zero else tree.minimum is not None

    def about(self, name: GeneralName, kind: object) -> list[Subtree]:
        """Give those that may say something of a name, in their order."""
        trees = self._of_kind.get(kind)
        if trees is None:
            return []
        if name.kind == OTHER or len(trees) == 1 or (b"\0" in name.value and name.kind in _TEXTS):
            return trees
        if kind not in self._indices:
            self._indices[kind] = _Index(trees, self)
        return [trees[place] for place in self._indices[kind].places(name)]


def _normal(tree: Subtree) -> Subtree:
    """Write what case doesn't matter for in lower case, so that no two trees say the same."""
    base = tree.base
    if base.kind not in _TEXTS:
        return tree
    local, at, host = base.value.rpartition(b"@") if base.kind == EMAIL else (b"", b"", base.value)
    return tree._replace(base=base._replace(value=local + at + host.lower()))


class _Index:
    """Of subtrees of one kind: their places by what a name has to have for them to matter."""

    def __init__(self, trees: list[Subtree], owner: _Trees) -> None:
        self._always = {0}
        self._places: dict[_LookupKey, list[int]] = {}
        for place, tree in enumerate(trees):
            key = _key(tree.base)
            if key is None or owner.is_limited(tree):
                self._always.add(place)
            else:
                self._places.setdefault(key, []).append(place)
        self._lengths = sorted({len(key) for key in self._places if isinstance(key, bytes)})
        self._masks = {key[1] for key in self._places if isinstance(key, tuple)}

    def places(self, name: GeneralName) -> list[int]:
        """Give the places of the trees that may say something of a name."""
        found = (self._places.get(key, ()) for key in self._keys(name))
        return sorted(self._always.union(*found))

    def _keys(self, name: GeneralName) -> Iterator[_LookupKey]:
        value = name.value
        if name.kind == IP:
            for mask in self._masks:
                if len(mask) == len(value):
                    yield _masked(value, mask), mask
            return
        if name.kind == DIRECTORY:
            yield from (value[:length] for length in self._lengths if length <= len(value))
            return
        lowered = (_uri_host(value) if name.kind == URI else value).lower()
        for length in self._lengths:
            if length <= len(lowered):
                yield lowered[len(lowered) - length :]


def _key(base: GeneralName) -> _LookupKey | None:
    """Give what a name has to have for this base to matter; None if that can't be told."""
    value = base.value
    if base.kind == DIRECTORY:
        return value
    if base.kind == IP:
        half = len(value) // 2
        is_network = len(value) in (8, 32)
        return (_masked(value[:half], value[half:]), value[half:]) if is_network else None
    return None if b"\0" in value else value.lower()


def _masked(address: bytes, mask: bytes) -> bytes:
    number = int.from_bytes(address, "big") & int.from_bytes(mask, "big")
    return number.to_bytes(len(mask), "big")


# --- one name, one constraint ----------------------------------------------------------------


def within(name: GeneralName, base: GeneralName, openssl: OpenSSL) -> Code:
    """Give `OK` if a name is within a base of its kind, `PERMITTED_VIOLATION` if not."""
    match name.kind:
        case 4:  # DIRECTORY
            return _answer(name.value.startswith(base.value))
        case 2:  # DNS
            return _dns_within(name.value, base.value, openssl)
        case 1:  # EMAIL
            return _email_within(name.value, base.value, openssl)
        case 6:  # URI
            return _uri_within(name.value, base.value, openssl)
        case 7 if openssl.compares_addresses:  # IP
            return _ip_within(name.value, base.value)
        case 0 if base.kind == EMAIL:
            return _mailbox_within(name, base.value)
        case _:
            return Code.UNSUPPORTED_CONSTRAINT_TYPE


def _answer(is_within: bool) -> Code:
    return Code.OK if is_within else Code.PERMITTED_VIOLATION


def _text(value: bytes, openssl: OpenSSL) -> bytes:
    return value.partition(b"\0")[0] if openssl.ends_strings_at_nul else value


def _end(name: bytes, base: bytes) -> bytes:
    """Give the end of a name that is as long as the base; all of it if it is shorter."""
    return name[max(len(name) - len(base), 0) :]


def _is_same(name: bytes, base: bytes, openssl: OpenSSL) -> bool:
    return _text(name, openssl).lower() == _text(base, openssl).lower()


def _dns_within(name: bytes, base: bytes, openssl: OpenSSL) -> Code:
    if not _text(base, openssl):
        return Code.OK
    beyond = len(name) - len(base)
    if beyond > 0 and not base.startswith(b".") and name[beyond - 1 : beyond] != b".":
        return Code.PERMITTED_VIOLATION
    return _answer(_is_same(_end(name, base), base, openssl))


def _email_within(name: bytes, base: bytes, openssl: OpenSSL) -> Code:
    local, at, host = _at(name, openssl)
    if not at:
        return Code.UNSUPPORTED_NAME_SYNTAX
    base_local, base_at, base_host = _at(base, openssl)
    if not base_at and base.startswith(b"."):
        return _answer(len(name) > len(base) and _is_same(_end(name, base), base, openssl))
    if base_at and base_local:
        if len(base_local) == len(local) and b"\0" in base_local + local:
            return Code.UNSUPPORTED_NAME_SYNTAX
        if base_local != local:
            return Code.PERMITTED_VIOLATION
    return _answer(_is_same(host, base_host if base_at else base, openssl))


def _at(value: bytes, openssl: OpenSSL) -> tuple[bytes, bytes, bytes]:
    """Part a mailbox's name from its host."""
    if openssl.ends_strings_at_nul:
        return _text(value, openssl).partition(b"@")
    return value.rpartition(b"@")


def _uri_within(name: bytes, base: bytes, openssl: OpenSSL) -> Code:
    host = _uri_host(_text(name, openssl))
    if not host:
        return Code.UNSUPPORTED_NAME_SYNTAX
    if base.startswith(b"."):
        return _answer(len(host) > len(base) and _is_same(_end(host, base), base, openssl))
    return _answer(len(host) == len(base) and _is_same(host, base, openssl))


def _uri_host(uri: bytes) -> bytes:
    """Give the host of a URI; empty if there is none."""
    _, _, rest = uri.partition(b":")
    if not rest.startswith(b"//"):
        return b""
    return rest[2:].partition(b":" if b":" in rest else b"/")[0]


def _ip_within(name: bytes, base: bytes) -> Code:
    if len(name) not in (4, 16) or len(base) not in (8, 32):
        return Code.UNSUPPORTED_NAME_SYNTAX
    if len(base) != 2 * len(name):
        return Code.PERMITTED_VIOLATION
    network, mask = base[: len(name)], base[len(name) :]
    return _answer(_masked(name, mask) == _masked(network, mask))


def _mailbox_within(name: GeneralName, base: bytes) -> Code:
    """Hold a mail address in UTF-8 against a host (RFC 8398 section 6).

    As OpenSSL 3.0 does: the base is taken for a host, even if it is a mailbox, and one that begins
    with a dot matches nothing.
    """
    if b"\0" in base or name.other_tag != asn1.UTF8_STRING:
        return Code.UNSUPPORTED_NAME_SYNTAX
    _, at, host = name.value.rpartition(b"@")
    if not at:
        return Code.UNSUPPORTED_NAME_SYNTAX
    is_end = base.startswith(b".")
    wanted = _u_labels(b"." + base if is_end else base)
    if wanted is None:
        return Code.UNSPECIFIED
    if is_end:
        return _answer(len(name.value) > len(wanted) and _end(name.value, wanted).lower() == wanted)
    return _answer(host.lower() == wanted)


@lru_cache(maxsize=4096)
def _u_labels(host: bytes) -> bytes | None:
    """Write a host's A-labels (``xn--…``) as UTF-8, in lower case; None if that can't be done."""
    labels = []
    for label in host.split(b"."):
        if not label.startswith(b"xn--"):
            labels.append(label)
            continue
        try:
            labels.append(label[4:].decode("punycode").encode())
        except UnicodeError:
            return None
    written = b".".join(labels)
    return written.lower() if len(written) <= _LONGEST_HOST else None
