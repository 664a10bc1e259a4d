"""What is worth saying of a chain that no verdict follows from: facts, with Cisco's documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.catalogue.root_programmes import broken_digest, has_weak_key
from pipeline.check.answer import Remark
from pipeline.check.chain import Chain, is_ca, named
from pipeline.check.openssl.outcome import alternative_names, dns_names
from pipeline.x509.certificate import Certificate
from pipeline.x509.details import ANY_USE, CLIENT_AUTH, SERVER_AUTH, extended_key_usage

_MOST_CHARACTERS: Final = 999
"""Of all alternative names together, on Expressway (its certificate creation guide)."""
_LARGE_BITS: Final = 8192
_CERTIFICATE_GUIDE: Final = "Expressway Certificate Creation and Use Deployment Guide"
_CLIENT_AUTH: Final = (
    "{it} may be used by servers (serverAuth) and not by clients (clientAuth). Phones look for "
    "serverAuth only. In the traversal zone between Expressway-C and -E, X14 and X15 before X15.4 "
    "use one certificate as both and need both; X15.4 can be told to take one that is only for "
    "servers on Expressway-E; X15.5 keeps separate ones."
)


def remarks(chain: Chain) -> Iterator[Remark]:
    """Give what there is to say of a chain; of roots that are sent along, nothing."""
    target = chain.target
    yield from _about_use(target)
    for each in chain.sent:
        if not each.is_self_signed or each is target:
            yield from _about_strength(each, named(each, chain.sent))
    if not is_ca(target):
        yield from _about_names(target)


def _about_use(target: Certificate) -> Iterator[Remark]:
    uses = extended_key_usage(target.der)
    if SERVER_AUTH in uses and not uses & {CLIENT_AUTH, ANY_USE}:
        it = "What this CA issues" if is_ca(target) else "The server's certificate"
        yield Remark("no-client-auth", _CLIENT_AUTH.format(it=it), "FN74362")


def _about_strength(each: Certificate, name: str) -> Iterator[Remark]:
    if not each.is_self_signed and (digest := broken_digest(each.signature_algorithm)):
        text = f"The signature of {name} is made with {digest}, of which collisions can be made."
        if digest == "MD5":
            text += " Registration through Expressway (MRA) fails with such a server's certificate."
        yield Remark("weak-signature", text, "118672" if digest == "MD5" else "")
    if has_weak_key(each.key_type, each.key_bits):
        text = f"The key of {name} is RSA of {each.key_bits} bits, fewer than 2048."
        yield Remark("weak-key", text)
    if each.key_type == "RSA" and each.key_bits and each.key_bits >= _LARGE_BITS:
        text = f"The key of {name} is RSA of {each.key_bits} bits, which Expressway doesn't take."
        yield Remark("large-key", text, _CERTIFICATE_GUIDE)


def _about_names(target: Certificate) -> Iterator[Remark]:
    length = len(", ".join(f"DNS:{each}" for each in dns_names(target)))
    if length > _MOST_CHARACTERS:
        text = (
            f"The alternative names of the server's certificate take {length:,} characters; "
            f"Expressway takes {_MOST_CHARACTERS}."
        )
        yield Remark("long-names", text, _CERTIFICATE_GUIDE)
    has_other_names = any(alternative_names(target))  # what can't be read is no lack of names
    if not has_other_names and any(each.type == "CN" for each in target.subject.attributes):
        text = (
            f"The name {target.subject.label} is only in the common name of the server's "
            "certificate, where RFC 9525 has no client look for it."
        )
        yield Remark("name-in-cn-only", text)
