"""Small public key infrastructures at random, most of them slightly broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.check.pki import (
    BROKEN,
    DSA,
    ED25519,
    EXPLICIT,
    HEIR,
    HYBRID,
    NOW,
    P384,
    PSS,
    RSA,
    RSA_512,
    RSA_1001,
    RSA_NO_NULL,
    RSA_X500,
    UNKNOWN,
    X25519,
    Pki,
    Recipe,
)

HOST = "www.site.example"
# every form of a general name, right and wrong, and mail names that are hard to part
_ODD_NAMES = (
    "X400:",
    "X400-primitive:x",
    "EDI:party",
    "EDI-implicit:party",
    "EDI-bare:party",
    "mailbox:a@site.example",
    "mailbox:b@other.example",
    "mailbox:nobody",
    "mailbox-ia5:a@site.example",
    "other-bare:x",
    "dir-bare:O=Org",
    "DNS-pieces:www.site.example",
    "RID-cut:",
    "email:a@b@site.example",
    "email:a@other.example@site.example",
    'email:"x@other.example"@site.example',
    "email:a\0@site.example",
    "email:b@other.example\0@site.example",
    "email:xn--a@xn--bcher-kva.example",
    "DNS:other.example\0.site.example",
    "DNS:site.example\0",
    "URI:https://www.site.example\0.other.example/",
    "URI:https://a/b:80",
)
NAMES = (
    f"DNS:{HOST}",
    "DNS:site.example",
    "DNS:other.example",
    "DNS:a.www.SITE.example",
    "DNS:xsite.example",
    "DNS:",
    "email:a@site.example",
    "email:A@www.site.example",
    "email:b@other.example",
    "email:nobody",
    "URI:https://www.site.example/x",
    "URI:https://www.site.example:8443/x",
    "URI:sip:someone@site.example",
    "URI:http://",
    "IP:0a000001",
    "IP:0a000101",
    "IP:20010db8000000000000000000000001",
    "IP:0a0000",
    "dir:O=Org/CN=site",
    "dir:O=Elsewhere",
    "other:x",
    "RID:1.2.3.9",
    *_ODD_NAMES,
)
TREES = (
    "DNS:site.example",
    "DNS:.site.example",
    "DNS:www.site.example",
    "DNS:other.example",
    "DNS:",
    "email:site.example",
    "email:.site.example",
    "email:a@site.example",
    "email:@site.example",
    "email:",
    "URI:.site.example",
    "URI:www.site.example",
    "URI:",
    "IP:0a000000ffffff00",
    "IP:0b000000ff000000",
    "IP:20010db8000000000000000000000000ffffffff000000000000000000000000",
    "IP:0a000000",
    "dir:O=Org",
    "dir:O=ORG",
    "dir:O=Elsewhere",
    "dir:",
    "other:x",
    "RID:1.2.3.9",
    *_ODD_NAMES,
    "DNS:site.example min=0",
    "DNS:site.example min=1",
    "dir:O=Org max=3",
)
_SPELLINGS = (
    "utf8",
    "printable",
    "shouted",
    "spaced",
    "bmp",
    "universal",
    "t61",
    "numeric",
    "reordered",
    "mail-utf8",
    "visible",
    "enumerated",
    "surrogate",
    "no-utf8",
    "pieces",
)
_MORE = (
    "policies",
    "policy-constraints",
    "inhibit",
    "crl",
    "crl-nowhere",
    "ocsp-no-check",
    "proxy",
    "freshest",
    "unknown",
    "issuer-names",
    "ip-blocks",
    "as-numbers",
)
_ODD = (
    "key_usage-padded",
    "key_usage-empty",
    "key_usage-nine",
    "key_usage-odd",
    "ca-false",
    "ca-one",
    "ca-long",
    "ca-more",
    "ca-padded",
    "ca-empty",
    "crl-odd",
    "authority_key_id-odd",
    "constraints-none",
    "constraints-odd",
    "names-odd",
)
_KINDS = (
    "ca",
    "key_usage",
    "extended",
    "netscape",
    "subject_key_id",
    "authority_key_id",
    "names",
    "constraints",
)
# ASN.1 times before, at and after the time of the check
_AT = NOW.strftime("%y%m%d%H%M%SZ")
_SECOND_AGO = (NOW - timedelta(seconds=1)).strftime("%y%m%d%H%M%SZ")
_NEXT_SECOND = (NOW + timedelta(seconds=1)).strftime("%y%m%d%H%M%SZ")
_STARTS = (
    "200101000000Z",
    "19991231235959Z",
    _AT,
    _NEXT_SECOND,
    "250101000000Z",
    "200101000000+0000",
    "00000101000000Z",
    "00000229000000Z",
)
_ENDS = (
    "300101000000Z",
    "20491231235959Z",
    _AT,
    _NEXT_SECOND,
    _SECOND_AGO,
    "200530104838Z",
    "200601104838Z",
    "190101000000Z",
    "300101000000+0000",
    "20300101000000.5Z",
    "20300101000000+0100",
    "00000101000000Z",
    "21040229000000Z",
    "21000229000000Z",
    "301301000000Z",
    "99991231235959Z",
    "500101000000Z",
    "310229000000Z",
    "310101000060Z",
    "311301000000Z",
    "310101240000Z",
)
_ODD_RSA = (RSA_NO_NULL, RSA_X500, RSA_512, RSA_1001)
_ODD_ENCODINGS = ("padded-serial", "long-length", "pieces", "tail")
_ALGORITHMS = {
    **dict.fromkeys(_ODD_RSA, ("rsa-sha1", "rsa-sha256")),
    RSA: ("rsa-md2", "rsa-md5", "rsa-sha1", "rsa-sha384", "rsa-sha3", "pss-sha256", "unknown"),
    ED25519: ("ed25519", "unknown", "ecdsa-sha256"),
    PSS: ("pss-sha256", "rsa-sha256"),
    DSA: ("dsa-sha1", "dsa-sha256", "ecdsa-sha256"),
}
_EC_ALGORITHMS = (
    "ecdsa-sha1",
    "ecdsa-sha224",
    "ecdsa-sha384",
    "ecdsa-sha512",
    "rsa-sha256",
    "ed25519",
    "unknown",
)


def make(random: Random, size: int = 5) -> Pki:
    """Make one: a backbone from a server to a root, cross-certificates, and things amiss."""
    recipes = [*_backbone(random, size), *_others(random, size)]
    if random.random() < 0.05:  # a CA asks to be verified
        recipes.insert(0, recipes.pop(random.randrange(len(recipes))))
    return _served(random, _spoilt(random, recipes))


def _backbone(random: Random, size: int) -> list[Recipe]:
    """A server's certificate, intermediates and a self-signed root, the next the issuer."""
    length = random.choice((1, 1, 2, 2, 2, 3, 3, size, random.randrange(size)))
    ca = [f"O=Org/CN=CA {chr(65 + i)}" for i in range(length)]
    recipes = [
        Recipe(
            subject=random.choice(
                (f"CN={HOST}", f"O=Org/CN={HOST}", "O=Org/CN=site", "", f"CN={HOST}+OU=x")
            ),
            issuer=ca[0] if ca else "CN=Nobody",
            key=9,
            signer=0,
            serial=100,
            ca=random.choice((None, False, False)),
            key_usage=random.choice((0xA0, 0x80, None)),
            extended=random.choice((None, ("server",), ("server", "client"))),
            names=random.choice(
                (None, (f"DNS:{HOST}",), (f"DNS:{HOST}", *random.sample(NAMES, 2)))
            ),
        )
    ]
    for i in range(length):
        above = min(i + 1, length - 1)
        recipes.append(
            Recipe(
                subject=ca[i],
                issuer=ca[above],
                key=i,
                signer=above,
                serial=i + 1,
                path_length=random.choice((None, None, None, i, max(i - 1, 0))),
            )
        )
    return recipes


def _others(random: Random, size: int) -> list[Recipe]:
    """Cross-certificates, renewed certificates, other keys under the same names."""
    recipes = []
    for _ in range(random.choice((0, 1, 1, 2, 3, size))):
        subject, issuer = random.randrange(4), random.randrange(5)
        recipes.append(
            Recipe(
                subject=f"O=Org/CN=CA {chr(65 + subject)}",
                issuer=f"O=Org/CN=CA {chr(65 + issuer)}",
                key=random.choice((subject, subject, subject, subject + 10)),
                signer=random.choice((issuer, issuer, issuer, issuer + 10)),
                serial=random.randrange(1, 9),
                authority_key_id=random.choice(("right", "right", None)),
                not_before=random.choice(_STARTS[:3]),
                not_after=random.choice(_ENDS[:8]),
            )
        )
    return recipes


def _spoilt(random: Random, recipes: list[Recipe]) -> list[Recipe]:
    """Change some certificates; often it is one thing about one or two of them."""
    if random.random() < 0.5:
        for spoiler in random.choices(_SPOILERS, k=random.choice((1, 1, 2))):
            i = random.randrange(len(recipes))
            recipes[i] = spoiler(random, recipes[i])
        return recipes
    if random.random() < 0.3:
        return _constrained(random, recipes)
    if random.random() < 0.2:
        recipes = _rekeyed(random, recipes)
    rate = random.choice((0.0, 0.1, 0.25, 0.5))
    return [
        random.choice(_SPOILERS)(random, each) if random.random() < rate else each
        for each in recipes
    ]


def _rekeyed(random: Random, recipes: list[Recipe]) -> list[Recipe]:
    """Give one CA a key of another type, and the signatures that go with it."""
    old, new = (
        random.randrange(3),
        random.choice((RSA, RSA, ED25519, EXPLICIT, PSS, P384, DSA, HYBRID, *_ODD_RSA)),
    )
    changed = []
    for each in recipes:
        if each.key == old:
            each = replace(each, key=new)
        if each.signer == old:
            each = replace(each, signer=new)
            if random.random() < 0.5:
                each = _with_algorithm(random, each)
        changed.append(each)
    return changed


def _constrained(random: Random, recipes: list[Recipe]) -> list[Recipe]:
    """Give one or two CAs constraints, and the server or a CA names to hold against them."""
    for i in random.choices(range(len(recipes)), k=random.choice((1, 2))):
        recipes[i] = _with_constraints(random, recipes[i])
    for i in (0, random.randrange(len(recipes))):
        recipes[i] = random.choice((_with_names, _with_email))(random, recipes[i])
    return recipes


def _served(random: Random, recipes: list[Recipe]) -> Pki:
    """Choose what is sent and what is in the store, and when."""
    indices = range(1, len(recipes))
    roots = [i for i in indices if recipes[i].subject == recipes[i].issuer]
    sent = [i for i in indices if random.random() < (0.3 if i in roots else 0.93)]
    store = [i for i in indices if random.random() < (0.93 if i in roots else 0.1)]
    if random.random() < 0.3:
        random.shuffle(sent)
    if random.random() < 0.3:
        random.shuffle(store)
    if sent and random.random() < 0.1:
        sent.append(random.choice(sent))
    if random.random() < 0.7:
        sent.insert(0, 0)
    if random.random() < 0.03:
        store.insert(0, 0)
    at = random.choice((NOW,) * 9 + (datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC),))
    return Pki(tuple(recipes), tuple(sent), tuple(store), at)


def _changing(**choices: tuple[Any, ...]) -> Callable[[Random, Recipe], Recipe]:
    def change(random: Random, recipe: Recipe) -> Recipe:
        return replace(recipe, **{key: random.choice(values) for key, values in choices.items()})

    return change


def _with_constraints(random: Random, recipe: Recipe) -> Recipe:
    trees = random.sample(TREES, random.choice((1, 1, 2, 3)))
    if random.random() < 0.5:
        return replace(recipe, permitted=tuple(trees))
    if random.random() < 0.5:
        return replace(recipe, excluded=tuple(trees))
    return replace(recipe, permitted=tuple(trees[:1]), excluded=tuple(trees[1:]))


def _with_names(random: Random, recipe: Recipe) -> Recipe:
    return replace(recipe, names=tuple(random.sample(NAMES, random.choice((0, 1, 1, 2, 3)))))


def _with_more(random: Random, recipe: Recipe) -> Recipe:
    more = random.choice(_MORE)
    critical = (*recipe.critical, more) if random.random() < 0.5 else recipe.critical
    return replace(recipe, more=(more,), critical=critical)


def _with_proxy(_: Random, recipe: Recipe) -> Recipe:
    return replace(recipe, more=("proxy",), names=None, ca=None)


def _with_damage(random: Random, recipe: Recipe) -> Recipe:
    kind = random.choice((*_KINDS, "crl", "proxy", "policies", "unknown", "issuer-names"))
    return replace(recipe, more=(kind, f"{random.choice(('twice', 'broken', 'trailing'))} {kind}"))


def _with_oddity(random: Random, recipe: Recipe) -> Recipe:
    """Put an extension in an odd encoding in the place of the good one."""
    odd = random.choice(_ODD)
    kind = odd.partition("-")[0]
    without: dict[str, Any] = {kind: None}
    if kind == "authority_key_id":
        without |= {"authority_issuer": None, "authority_serial": None}
    if kind in ("constraints", "crl"):
        without = {"permitted": (), "excluded": ()}
    return replace(recipe, more=(odd,), **without)


def _with_criticality(random: Random, recipe: Recipe) -> Recipe:
    return replace(recipe, critical=tuple(random.sample(_KINDS, random.randrange(4))))


def _with_algorithm(random: Random, recipe: Recipe) -> Recipe:
    return replace(recipe, algorithm=random.choice(_ALGORITHMS.get(recipe.signer, _EC_ALGORITHMS)))


def _with_outer_algorithm(_: Random, recipe: Recipe) -> Recipe:
    return replace(recipe, outer_algorithm="ecdsa-sha384")


def _with_email(random: Random, recipe: Recipe) -> Recipe:
    address = random.choice(("a@site.example", "b@other.example", "nobody"))
    return replace(recipe, subject=f"{recipe.subject}/emailAddress={address}".lstrip("/"))


_SPOILERS: tuple[Callable[[Random, Recipe], Recipe], ...] = (
    _changing(not_before=_STARTS),
    _changing(not_after=_ENDS),
    _changing(not_after=_ENDS),
    _changing(ca=(None, False, True)),
    _changing(path_length=(0, 0, 1, 2, -1, 2**40, 2**70)),
    _changing(key_usage=(None, 0x80, 0x20, 0x02, 0x00, 0x84, 0x40)),
    _changing(ca=(None,), key_usage=(None, 0x06, 0x80), netscape=(None, 0x01, 0x04, 0x40)),
    _changing(
        extended=(("server",), ("client",), ("any",), ("microsoft",), ("netscape",), ("other",), ())
    ),
    _changing(netscape=(0x40, 0x80, 0x04, 0x01, 0x00)),
    _changing(subject_key_id=(None, "wrong", "right")),
    _changing(authority_key_id=(None, "wrong", "right")),
    _changing(
        authority_key_id=(None, "right"),
        authority_issuer=(None, "O=Org/CN=CA A", "O=Org/CN=CA B", "O=org/CN=ca c", "CN=Nobody"),
        authority_serial=(None, 1, 2, 3, 4),
    ),
    _changing(version=(1, 1, 2)),
    _changing(version=(1,), ca=(None,), key_usage=(None,), subject_key_id=(None,)),
    _changing(spoilt=("flipped", "bits")),
    _changing(signer=(0, 1, 2, 15)),
    _changing(key=(0, 1, 2, 15)),
    _changing(key=(RSA, ED25519, UNKNOWN, EXPLICIT, BROKEN, PSS, P384, X25519, DSA)),
    _changing(key=(HYBRID, HEIR, *_ODD_RSA)),
    _changing(odd=tuple((each,) for each in _ODD_ENCODINGS)),
    _changing(signer=_ODD_RSA),
    _changing(key=(EXPLICIT, BROKEN), subject_key_id=(None,), authority_key_id=(None,)),
    _changing(signer=(RSA, ED25519, EXPLICIT, PSS, P384, DSA)),
    _changing(issuer=("O=Org/CN=CA A", "O=Org/CN=CA B", "O=Org/CN=CA C", "CN=Nobody", "")),
    _changing(subject=("O=Org/CN=CA A", "O=Org/CN=CA B", "O=Org/CN=CA C", "CN=a.b-.c", "")),
    _changing(subject=("CN=site.example", "CN=www.other.example", "CN=-a.example", "CN=a..b")),
    _changing(subject_spelling=_SPELLINGS, issuer_spelling=_SPELLINGS),
    _with_constraints,
    _with_constraints,
    _with_names,
    _with_more,
    _with_damage,
    _with_oddity,
    _with_proxy,
    _with_criticality,
    _with_algorithm,
    _with_outer_algorithm,
    _with_email,
)
