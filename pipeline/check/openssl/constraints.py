"""Name constraints (RFC 5280 section 4.2.1.10), as OpenSSL applies them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipeline.check.openssl.extensions import (
    DIRECTORY,
    DNS,
    EMAIL,
    GeneralName,
    NameConstraints,
    Subtree,
)
from pipeline.check.openssl.faults import Code
from pipeline.check.openssl.link import Link

# a common name that looks like a host name of at least two labels
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_NO_HOST: Final = re.compile(r"\.\.|-\.|\.-")


def violated(link: Link, constraints: NameConstraints, *, is_old: bool) -> Code:
    """Hold a certificate's names against a CA's constraints; `is_old` for OpenSSL 1.0.2's way."""
    for name in _names(link):
        if name is None:
            return Code.UNSUPPORTED_NAME_SYNTAX
        if code := _checked(name, constraints, is_old=is_old):
            return code
    return Code.OK


def violated_by_common_name(link: Link, constraints: NameConstraints) -> Code:
    """Hold the subject's common names, where they look like host names, against constraints.

    OpenSSL does so from 1.1.0 on, for a server's certificate without DNS names.
    """
    for common_name in link.common_names:
        written = common_name.rstrip("\0")
        if "\0" in written:
            return Code.UNSUPPORTED_NAME_SYNTAX
        if _is_host(written):
            name = GeneralName(DNS, written.encode())
            if code := _checked(name, constraints, is_old=False):
                return code
    return Code.OK


def _is_host(written: str) -> bool:
    return "." in written and bool(_HOST.fullmatch(written)) and not _NO_HOST.search(written)


def _names(link: Link) -> Iterable[GeneralName | None]:
    if link.subject:
        yield GeneralName(DIRECTORY, link.subject)
        for address in link.email_addresses:
            yield None if address is None else GeneralName(EMAIL, address)
    yield from link.extensions.alternative_names


def _checked(name: GeneralName, constraints: NameConstraints, *, is_old: bool) -> Code:
    is_permitted: bool | None = None
    for tree in _about(name, constraints.permitted):
        if _has_limits(tree, is_old=is_old):
            return Code.SUBTREE_MINMAX
        if is_permitted:
            continue
        code = _within(name, tree.base, is_old=is_old)
        if code not in (Code.OK, Code.PERMITTED_VIOLATION):
            return code
        is_permitted = code == Code.OK
    if is_permitted is False:
        return Code.PERMITTED_VIOLATION
    for tree in _about(name, constraints.excluded):
        if _has_limits(tree, is_old=is_old):
            return Code.SUBTREE_MINMAX
        code = _within(name, tree.base, is_old=is_old)
        if code != Code.PERMITTED_VIOLATION:
            return Code.EXCLUDED_VIOLATION if code == Code.OK else code
    return Code.OK


def _about(name: GeneralName, trees: Iterable[Subtree]) -> Iterable[Subtree]:
    return (tree for tree in trees if tree.base.kind == name.kind)


def _has_limits(tree: Subtree, *, is_old: bool) -> bool:
    if is_old:
        return tree.minimum is not None or tree.has_maximum
    return bool(tree.minimum) or tree.has_maximum


def _within(name: GeneralName, base: GeneralName, *, is_old: bool) -> Code:
    """Give `OK` if the name is within the base, `PERMITTED_VIOLATION` if not."""
    match name.kind:
        case 4:  # DIRECTORY
            return _answer(name.value.startswith(base.value))
        case 2:  # DNS
            return _answer(_is_dns_within(name.value, base.value))
        case 1:  # EMAIL
            return _email_within(name.value, base.value)
        case 6:  # URI
            return _uri_within(name.value, base.value)
        case 7 if not is_old:  # IP
            return _ip_within(name.value, base.value)
        case _:
            return Code.UNSUPPORTED_CONSTRAINT_TYPE


def _answer(is_within: bool) -> Code:
    return Code.OK if is_within else Code.PERMITTED_VIOLATION


def _is_dns_within(name: bytes, base: bytes) -> bool:
    name, base = name.lower(), base.lower()
    if not base:
        return True
    return name.endswith(base) and (
        len(name) == len(base) or base.startswith(b".") or name[-len(base) - 1 :].startswith(b".")
    )


def _email_within(name: bytes, base: bytes) -> Code:
    local, at, host = name.rpartition(b"@")
    if not at:
        return Code.UNSUPPORTED_NAME_SYNTAX
    base_local, base_at, base_host = base.rpartition(b"@")
    if not base_at and base.startswith(b"."):
        return _answer(len(name) > len(base) and name.lower().endswith(base.lower()))
    if base_local and base_local != local:
        return Code.PERMITTED_VIOLATION
    return _answer(host.lower() == base_host.lower())


def _uri_within(name: bytes, base: bytes) -> Code:
    _, colon, rest = name.partition(b":")
    if not colon or not rest.startswith(b"//"):
        return Code.UNSUPPORTED_NAME_SYNTAX
    rest = rest[2:]
    host = rest.partition(b":")[0] if b":" in rest else rest.partition(b"/")[0]
    if not host:
        return Code.UNSUPPORTED_NAME_SYNTAX
    host, base = host.lower(), base.lower()
    if base.startswith(b"."):
        return _answer(len(host) > len(base) and host.endswith(base))
    return _answer(host == base)


def _ip_within(name: bytes, base: bytes) -> Code:
    if len(name) not in (4, 16) or len(base) not in (8, 32):
        return Code.UNSUPPORTED_NAME_SYNTAX
    if len(base) != 2 * len(name):
        return Code.PERMITTED_VIOLATION
    network, mask = base[: len(name)], base[len(name) :]
    return _answer(all(a & m == b & m for a, b, m in zip(name, network, mask, strict=True)))
