"""Every label, heading and mark that a list of certificates uses, in the languages it may be in.

One table: what a field is *of* (its `Role`), and how people and programs write it. Case, accents,
spaces and punctuation don't count: ``SHA-1 Fingerprint``, ``sha1Fingerprint`` and ``SHA1
fingerprint`` are one phrase. The attribute types of names are those of `pipeline.x509.names`.

To add a word, put it into ``_PHRASES`` or one of the tables below; nothing else knows any.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import Final, Literal, NamedTuple

from pipeline.extract.settings import SETTINGS
from pipeline.x509 import names

Role = Literal[
    "subject",
    "issuer",
    "fingerprint",
    "sha1",
    "sha256",
    "md5",
    "serial",
    "key",
    "date",
    "common-name",
    "status",
    "release",
    "certificate",
    "other",
]
"""What a field is of. ``key`` is an identifier of a key, ``common-name`` a name that is no DN."""

NOT_FINGERPRINTS: Final[frozenset[Role]] = frozenset(
    {"md5", "serial", "key", "date", "issuer", "other"}
)
"""Digits under these labels are no SHA-1 and no SHA-256 fingerprint of a certificate."""

FINGERPRINTS: Final[frozenset[Role | None]] = frozenset({"fingerprint", "sha1", "sha256"})
"""Digits under these labels are fingerprints of certificates."""

DIGITS: Final = FINGERPRINTS | {"md5", "serial", "key"}
"""What labels of these roles announce is digits, and no words."""

_PHRASES: Final[dict[Role, str]] = {
    "subject": """subject, subject dn, subject name, subject distinguished name,
        distinguished name, dn, issued to, owner, subject dn name, certificate subject,
        subject of certificate, antragsteller, inhaber, eigentümer, ausgestellt für,
        propriétaire, propietario, proprietario, proprietário, ägare, 소유자, 擁有者,
        subject string, sujet, titulaire, délivré à, sujeto, asunto, assunto, titular, soggetto,
        titolare, emitido para, emesso a, サブジェクト, サブジェクト名, 主体者, 主体者名,
        発行先, 主题, 使用者, 所有者, objet, onderwerp, podmiot, субъект, konu, ämne, emne, předmět,
        subjekt, tárgy, θέμα, 주체""",
    "issuer": """issuer, issuer dn, issuer name, issuer distinguished name, issued by,
        issuing ca, signer, aussteller, ausgestellt von, émetteur, émis par, délivré par,
        emisor, emitido por, emissor, emittente, autorità emittente, emesso da, utfärdare,
        발행자, 發行人, 発行者, 発行者名, 発行元, 颁发者, 发布者, uitgever, wystawca, издатель,
        veren, udsteder, vydavatel, vystavitel, kibocsátó, εκδότης, 발급자""",
    "serial": """serial, serial number, serial no, serial nr, serial number hex,
        serialnumber hex, serial hex, number hex, s/n, seriennummer, numéro de série,
        n° de série, número de serie, número de série, numero di serie, numero seriale,
        serienummer, シリアル番号, 序列号, 일련 번호, 序號, numer seryjny, серийный номер,
        seri numarası, sériové číslo, sorozatszám, σειριακός αριθμός""",
    "key": """key id, key identifier, key hash, subject key id, subject key identifier,
        authority key id, authority key identifier, authorityinfo key id, public key hash,
        public key id, public key identifier, public key pin, pin sha256, public key sha1,
        public key sha256, key sha1, key sha256, spki, spki hash, spki sha1, spki sha256,
        spki fingerprint, spki sha256 fingerprint, public key fingerprint, key fingerprint,
        subject public key hash, subject spki hash, public key hashes, ski, aki, skid, akid,
        identifier,
        subject key identifier ski, authority key identifier aki, subjectkeyidentifier ski,
        issuer key hash, subject name hash, issuer name hash, subject hash, issuer hash,
        name hash, hash of subject, hash of issuer, schlüsselkennung, schlüssel id,
        identificateur de clé, identificador de clave, identificador de chave,
        identificatore chiave, keyid, public key info, certificate hash md5, key pin,
        key id hash, key id hash sha1, key id hash rfc sha1, key id hash sha256, name hash sha1,
        name hash md5, subject name hash sha1, log id, fingerprint hpkp""",
    "date": """valid, validity, valid from, valid to, valid until, valid till, valid thru,
        validity date, validity period, validity start, validity end, validfrom, validto,
        not before, not after, not valid before, not valid after, notbefore, notafter, start date,
        end date, starts, ends, begins, expires, expires on, expire, expiry, expiry date,
        expiration, expiration date, expired, issued, issued on, issue date, date, from, until, to,
        added, removed on, distrust after, distrust for tls after date, distrust for s/mime after
        date, gültig, gültig von, gültig ab, gültig bis, gültigkeit, gültigkeitszeitraum,
        valide du, valide au, valide à partir du, valide jusqu'au, valable du, valable dès,
        valable depuis, valable au, valable jusqu'au, validité, expire le, expiration le,
        válido desde, válido hasta, válido até, validez, validade, valido dal, valido dal al,
        valido fino al, valido al, validità, scadenza, caduca, caduca el, expira, expira em,
        有効期間, 有効期限, 有効期間の開始, 有効期間の終了, 有効期間開始, 有効期間終了,
        有効期限の開始, 有効期限の終了, 有效期, nicht vor, nicht nach, geldig van, geldig vanaf,
        geldig tot, ważny od, ważny do, действителен с, действителен до, срок действия,
        geçerlilik başlangıcı, geçerlilik sonu, giltig från, giltig till, gyldig fra, gyldig til,
        platnost od, platnost do, 만료일, 유효 기간""",
    "common-name": """common name, cn, name, friendly name, friendlyname, certificate name,
        ca name, alias, alias name, label, root name, common name or certificate name, root ca,
        root certificate, certificate authority, authority, ca, nickname, display name, title,
        name der ca, anzeigename, nom, nombre, nome, ca common name, naam, nazwa,
        название, 기관명""",
    "status": """status, state, ensure, trust, trust status, trusted, trust bits, action, zustand,
        statut, estado, stato, état""",
    "release": """release, firmware, firmware release, firmware version""",
    "certificate": """certificate, certificate fingerprints, fingerprints, digests, pem, pem info,
        certificate data, trusted certificate""",
    "other": """version, signature algorithm, signature algorithm name, signature, algorithm,
        public key algorithm, public key, public key type, subject public key algorithm, key type,
        key size, key length, key bits, key, rsa public key, subject public key info,
        subject key info, ec public key, entry type, creation date, extensions, key usage, usage,
        extended key usage, basic constraints, certificate policies, crl distribution points,
        authority information access, authorityinfoaccess, subject alternative name, subjectaltname,
        certificate usage, associated trustpoints, trustpoint, storage, pspath, psparentpath,
        country, land, pays, país, paese, no, nr, number, num, row, item, position, pos, index,
        page, notes, note, remarks, remark, comment, comments, bemerkung, bemerkungen, source,
        programme, program, use, uses, url, crl, ocsp, organization, organisation, owner name,
        ca owner, cert type, type, archived, provider, hasprivatekey, chain length, certificate
        chain length, certificate number, data, count, size, bits, file, filename, path, sha384,
        sha512, sha-384 fingerprint, sha-512 fingerprint, sha384 fingerprint, sha512 fingerprint,
        sha-512 hash, signature value, pub, priv, exponent, modulus, ca, purpose, aussteller url,
        level, added in, since, asn1 oid, nist curve, use for key, mozilla ca policy, certificate
        identifier, certificate version, company, location, purposes, intended purposes,
        trust purposes, lp, sıra, číslo, 번호, checksum""",
}

_DIGESTS: Final[dict[Role, str]] = {
    "sha1": "sha1, sha 1, sha-1, sha, sha 160",
    "sha256": "sha256, sha 256, sha2, sha2 256",
    "md5": "md5",
}
_PRINTS: Final = """fingerprint, thumbprint, finger print, fingerprints, thumbprints, hash,
    digest, fingerprint algorithm, certificate fingerprint, cert fingerprint, certificate hash,
    cert hash, certificate thumbprint, thumb print, fpr, fp, fp 0, fingerabdruck,
    zertifikatfingerabdruck, zertifikathash, empreinte, empreinte digitale, empreinte numérique,
    huella, huella digital, impronta, impronta digitale, impressão digital, フィンガープリント,
    拇印, 指纹, hash cert, hach cert, hash certificato, zertifikat fingerprint, vingerafdruk,
    odcisk palca, отпечаток, parmak izi, fingeravtryck, fingeraftryk, otisk, ujjlenyomat,
    αποτύπωμα, 지문"""
"""What a digest may be called; with the name of an algorithm before or behind it."""

_KEYS: Final = ("key", "public key", "public key info", "spki")
_HASHES: Final = ("hash", "fingerprint", "digest", "pin")
"""What a digest of a key may be called, with the name of an algorithm before either."""

_LEADING: Final = frozenset({"certificate", "cert", "x509v3", "x509"})
"""Words before a label that add nothing to it."""

_MARKS_OF_REMOVAL: Final = """removed, deleted, distrusted, revoked, untrusted, disabled, blocked,
    blocklisted, blacklisted, withdrawn, retired, not trusted, no longer trusted, no longer
    included, entfernt, gelöscht, widerrufen, gesperrt, nicht vertrauenswürdig, supprimé, révoqué,
    retiré, remove, delete, distrust, eliminado, revocado, retirado, removido, revogado, rimosso,
    revocato, 削除, 失効, 已删除, 已吊销"""
_MARKS_OF_ADDITION: Final = """added, add, adds, new, included, hinzugefügt, neu, ajouté, nouveau,
    añadido, nuevo, aggiunto, nuovo, adicionado, novo"""
_LIST_WORDS: Final = """list, lists, store, bundle, certificates, roots, authorities, liste, lista,
    speicher"""

TRUNCATED: Final = re.compile(r"(?:\.\.\.|…)[\"'\s]*$")
"""How a text ends that was cut off."""

COLON: Final = ":=\uff1a|"
"""What may stand between a label and its value."""
_MARKS: Final = frozenset([*COLON, "[", "->", "::"])
"""The same as words of their own."""


def _split(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split(",")]


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """A text without case, accents, spaces, punctuation, and the marks of footnotes."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    text = "".join(char for char in text if char.isdecimal() or not char.isdigit())
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if char.isalnum())


def _table() -> dict[str, Role]:
    table: dict[str, Role] = {}
    for role, phrases in _PHRASES.items():
        for phrase in _split(phrases):
            table.setdefault(folded(phrase), role)
    prints = _split(_PRINTS)
    for role, spellings in _DIGESTS.items():
        for digest, each in product(_split(spellings), prints):
            for phrase in (f"{digest} {each}", f"{each} {digest}", f"{each} in {digest}"):
                table[folded(phrase)] = role
        table.update((folded(digest), role) for digest in _split(spellings))
    table.update((folded(each), "fingerprint") for each in prints)
    for digest, key, each in product(
        [*_split(_DIGESTS["sha1"]), *_split(_DIGESTS["sha256"])], _KEYS, _HASHES
    ):
        table[folded(f"{digest} {key} {each}")] = table[folded(f"{key} {digest} {each}")] = "key"
    return table


LABELS: Final[dict[str, Role]] = _table()
"""Every label, folded, and its role."""
_SORTED: Final = sorted(LABELS)
_LONGEST: Final = 6
"""No label has more words."""
_FIRST_WORDS: Final = frozenset(
    folded(phrase.split()[0])
    for phrases in (*_PHRASES.values(), *_DIGESTS.values(), _PRINTS)
    for phrase in _split(phrases)
)


_LAST_WORDS: Final = frozenset(
    folded(phrase.split()[-1])
    for phrases in (*_PHRASES.values(), *_DIGESTS.values(), _PRINTS)
    for phrase in _split(phrases)
) | frozenset(LABELS)


@lru_cache(maxsize=4096)
def parted(text: str) -> tuple[str, str] | None:
    """A label and the value that follows it in one word, ``Fingerprint=02:FA``; None if neither.

    The attribute of a name, ``CN=``, is no label.
    """
    head, mark, value = _parted(text)
    is_pair = len(head) == 2 and all(char in "0123456789abcdefABCDEF" for char in head)
    if not value or len(head) < 2 or is_pair or folded(head) not in _LAST_WORDS:
        return None
    if attribute_of(text):
        return None
    return head + mark, value


def is_word_of_label(text: str) -> bool:
    """Whether each word of a text is one of those that labels are made of."""
    return all(folded(word) in _WORDS for word in text.split() if folded(word))


_WORDS: Final = frozenset(
    folded(word)
    for phrases in (*_PHRASES.values(), *_DIGESTS.values(), _PRINTS)
    for word in phrases.replace(",", " ").split()
)


class LabelMeaning(NamedTuple):
    """A label: its role, how many words it has, and whether a colon or the like ends it."""

    role: Role
    length: int
    has_colon: bool


@lru_cache(maxsize=4096)
def role_of(text: str) -> Role | None:
    """The role of a text that is a label and nothing else; a colon and brackets may be with it."""
    whole = folded(text)
    role = LABELS.get(whole)
    if role or len(text) > SETTINGS.label_length:
        return role
    words = text.split()
    while words and folded(words[0]) in _LEADING:
        words = words[1:]
    return LABELS.get(folded(" ".join(words))) if words else None


@lru_cache(maxsize=4096)
def role_of_title(text: str) -> Role | None:
    """The role of a column by its title, which may say more than a label does.

    The longest label within counts: ``SHA-1 hash of the root`` is of SHA-1.
    """
    if role := role_of(text):
        return role
    words = [word for word in re.split(r"[\s()\[\]/,]+", text) if word]
    best: tuple[int, Role] | None = None
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST, len(words)) + 1):
            key = folded("".join(words[start:end]))
            role = LABELS.get(key)
            if role and len(key) > 1 and (best is None or len(key) > best[0]):
                best = (len(key), role)
    return best[1] if best else None


@lru_cache(maxsize=4096)
def is_leading(word: str) -> bool:
    """Whether a word may stand before a label and add nothing to it: ``Certificate``."""
    return folded(word) in _LEADING


@lru_cache(maxsize=4096)
def may_begin_label(word: str) -> bool:
    """Whether a word may be the first of a label; most words of a list are not."""
    head = word.rstrip(COLON)
    for mark in COLON:
        head = head.partition(mark)[0]
    key = folded(head)
    return key in _FIRST_WORDS or key in LABELS


def label_at(words: Sequence[str], start: int = 0) -> LabelMeaning | None:
    """The longest label that begins with the word ``start``: ``SHA-1 Fingerprint:``.

    A colon may end its last word or stand by itself; what follows it without a space has to be
    `parted` from it before.
    """
    if start >= len(words) or not may_begin_label(words[start]):
        return None
    return _label_of(*words[start : start + _LONGEST + 2])


@lru_cache(maxsize=4096)
def _label_of(*words: str) -> LabelMeaning | None:
    """The longest label that words begin with."""
    best: LabelMeaning | None = None
    begun = ""
    for count, word in enumerate(words[: _LONGEST + 1], 1):
        head, mark, value = _parted(word)
        begun += folded(head)
        if value or (count > 1 and word in _MARKS) or not _begins_label(begun):
            break
        role = LABELS.get(begun) if head else None
        if role:
            has_colon = bool(mark)
            if not has_colon and count < len(words) and words[count] in _MARKS:
                has_colon, count = True, count + 1
            best = LabelMeaning(role, count, has_colon)
        if mark:
            break
    return best


def _begins_label(text: str) -> bool:
    """Whether any label begins with a folded text."""
    at = bisect_left(_SORTED, text)
    return at < len(_SORTED) and _SORTED[at].startswith(text)


@lru_cache(maxsize=4096)
def _parted(word: str) -> tuple[str, str, str]:
    """A word up to the colon that ends a label, the colon, and what follows it."""
    at = min((i for i in map(word.find, COLON) if i >= 0), default=-1)
    return (word, "", "") if at < 0 else (word[:at], word[at], word[at + 1 :])


# --- names ---------------------------------------------------------------------------------------

GOES_ON: Final = (",", ";", "+")
"""How the text of a name ends that goes on."""
PARTS: Final = (*GOES_ON, "/", "\\")
"""How a text ends behind which an attribute of the same name may begin."""

_ATTRIBUTE = re.compile(r"[\"'(“„]?/?(?P<type>(?:oid\.)?\d+(?:\.\d+){2,}|[a-z]\w*)\s?=", re.I)
_WITHIN = re.compile(r"[^\\][,;+/](?P<type>[A-Za-z]\w*)=")
_FIELD = re.compile(r"[A-Za-z][\w-]*=")
_OID = re.compile(r"(?:oid\.)?\d+(?:\.\d+){2,}", re.IGNORECASE)


@lru_cache(maxsize=4096)
def attribute_of(text: str) -> str:
    """The type of the attribute that a text begins with (``O`` for ``O=AddTrust AB``), or ``""``.

    It may follow a quote, a bracket or a slash.
    """
    match = _ATTRIBUTE.match(text)
    return names.short_type(match["type"]) or "" if match else ""


@lru_cache(maxsize=4096)
def holds_attribute(text: str) -> bool:
    """Whether an attribute begins within a word: ``G4,OU=Trust`` of a name without spaces."""
    return any(names.short_type(match["type"]) for match in _WITHIN.finditer(text))


@lru_cache(maxsize=4096)
def is_type(word: str) -> bool:
    """Whether a word is the type of an attribute, as in ``C = SE``."""
    return bool(names.short_type(word.lstrip("\"'(/"))) if word else False


@lru_cache(maxsize=4096)
def is_other_field(word: str) -> bool:
    """Whether a word begins a field that is no attribute of a name: ``notBefore=Sep``."""
    match = _FIELD.match(word)
    return match is not None and not names.short_type(match[0][:-1])


# --- marks ---------------------------------------------------------------------------------------

_REMOVED: Final = re.compile(
    rf"(?<!\w)(?:{'|'.join(re.escape(each) for each in _split(_MARKS_OF_REMOVAL))})(?:e?[srn])?\b",
    re.IGNORECASE,
)
_LISTS: Final = frozenset(map(folded, _split(_LIST_WORDS)))
_REMOVED_FOLDED: Final = frozenset(map(folded, _split(_MARKS_OF_REMOVAL)))
_FAILED: Final = re.compile(
    r"\b(?:fail|skip|ignor|reject|refus|denied|unable|cannot|could not|error\b)", re.IGNORECASE
)
_ADDED: Final = frozenset(map(folded, _split(_MARKS_OF_ADDITION)))
_CLAUSES: Final = re.compile(r"\s*(?:[,;:()]|\s[-–—|]\s)\s*")
_NUMBERED: Final = re.compile(
    r"(?:(?:firmware|release|version|section|table|appendix|chapter|annex|part|page)\s*)*[\d.()\s]*"
    r"(?:SR\d+)?",
    re.IGNORECASE,
)
_CONTINUED: Final = re.compile(
    r"\bcontinue[sd]\b|\bcont(?:'d|\.|\))|\(cont|\bfortsetzung\b|\bsuite\b", re.IGNORECASE
)


def is_removed_mark(text: str) -> bool:
    """Whether a text, such as that of a status column, says that a row is not trusted."""
    return len(text) <= SETTINGS.mark_length and holds_removed_mark(text)


def holds_removed_mark(text: str) -> bool:
    """Whether a text, however long, holds a word for removed: the value of a status.

    A narrow column breaks the word: ``Disab led``.
    """
    return _REMOVED.search(text) is not None or folded(text) in _REMOVED_FOLDED


def says_failed(text: str) -> bool:
    """Whether a message says that something was not done."""
    return _FAILED.search(text) is not None


def is_added_mark(word: str) -> bool:
    """Whether a word says that something is new in a list."""
    return folded(word) in _ADDED


def heads_removed(text: str) -> bool:
    """Whether a heading stands over certificates that are *not* trusted any more.

    ``Removed certificates`` does, and ``12.8(1): roots removed``; a title that tells of the past
    (``Trust list 12.9(1), expired certificates removed``) doesn't.
    """
    if "=" in text or not _REMOVED.search(text):
        return False
    clauses = [c for c in _CLAUSES.split(text) if c and not _NUMBERED.fullmatch(c)]
    if not clauses:
        return False
    if _REMOVED.search(clauses[0]):
        return True
    # after a clause that names the list, only one that begins with the mark is of the list itself
    names_list = any(folded(word) in _LISTS for word in clauses[0].split())
    return any(
        (match := _REMOVED.search(clause)) is not None and (match.start() == 0 or not names_list)
        for clause in clauses[1:]
    )


def without_mark(text: str) -> str:
    """A heading without the word for removed: ``certificates`` of ``Removed certificates``."""
    return " ".join(_REMOVED.sub("", text).split())


def is_continued_mark(text: str) -> bool:
    """Whether a line says that a table goes on: ``(continued)``."""
    return len(text) <= SETTINGS.band_length and "=" not in text and bool(_CONTINUED.search(text))
