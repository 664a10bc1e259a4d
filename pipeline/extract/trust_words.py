"""What a cell beside a row says of trust: removed, disabled, or trusted for mail only.

The title of its column tells how to read it: ``no`` below ``Trusted`` and ``yes`` below
``Distrusted`` say the same.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.extract import vocabulary
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import folded

_YES: Final = frozenset({"yes", "true", "y", "1", "x", "ja", "oui", "si", "sim"})
_NO: Final = frozenset({"no", "false", "n", "0", "nein", "non", "nao", "none", "never", "off"})
_TRUSTED: Final = frozenset({"trust", "trusted", "enabled", "active", "included"})
"""Titles below which a no says that a row isn't trusted."""
_USES: Final = ("trustbits", "eku", "extendedkeyusage", "uses", "purpose", "usage", "trustedfor")
"""Titles, or parts of them, below which the uses of a certificate stand."""
_OF_SERVERS: Final = frozenset(
    {"websites", "website", "web", "tls", "ssl", "https", "serverauthentication", "serverauth"}
    | {"sslserver", "tlsserver", "tlswebserverauthentication", "server", "all", "any", "anyeku"}
)
_OF_OTHERS: Final = frozenset(
    {"email", "emailprotection", "secureemail", "smime", "mail", "code", "codesigning"}
    | {"objectsigning", "timestamping", "clientauthentication", "clientauth", "documentsigning"}
    | {"encryptingfilesystem", "ocspsigning", "ipsec", "ipsectunnel", "ipsecuser", "none"}
)
_INACTIVE: Final = frozenset({"inactive", "notincluded", "excluded"})
_ONLY: Final = re.compile(r"\b(?:only|nur|seulement|trust(?:ed)?|for|use)\b", re.IGNORECASE)
"""Words beside a use that say no more of which use it is."""
_DISTRUST_AFTER: Final = re.compile(r"distrust.*after", re.IGNORECASE)
_DENIED: Final = re.compile(
    r"\bnot[ -](?:yet )?(?:revoked|removed|distrusted|disabled|blocked|deleted|retired)\b", re.I
)
_PARTED: Final = re.compile(r"[;,|/\n]+")


def says_untrusted(title: str, text: str) -> bool:
    """Whether a cell below a title says that its row is not trusted for TLS servers."""
    if not text.strip() or is_distrust_after(title):
        return False
    key, value = folded(title), folded(text)
    if is_mark(title):  # the column is one of what was removed
        return value in _YES or any(map(str.isdigit, text)) or is_mark(text)
    if value in _NO:
        return key in _TRUSTED or any(use in key for use in _USES) or _is_of_servers(title)
    if any(use in key for use in _USES):
        return _lacks_servers(text)
    is_status = vocabulary.role_of_title(title) == "status" if title else False
    if is_status and (value in _INACTIVE or _lacks_servers(text)):
        return True
    return (is_status or len(text.split()) <= SETTINGS.mark_words) and is_mark(text)


def is_mark(text: str) -> bool:
    """Whether a text says of something that it is removed, and not that it isn't."""
    return vocabulary.is_removed_mark(_DENIED.sub("", text))


def is_distrust_after(title: str) -> bool:
    """Whether the dates of a column are those from which on new certificates aren't trusted."""
    return _DISTRUST_AFTER.search(title) is not None and "mime" not in folded(title)


def _is_of_servers(title: str) -> bool:
    """Whether a column is that of one use, TLS servers: ``Websites``, ``Trusted for TLS``."""
    return folded(_ONLY.sub("", title)) in _OF_SERVERS


def _lacks_servers(text: str) -> bool:
    uses = {folded(_ONLY.sub("", part)) for part in _PARTED.split(text)} - {""}
    return bool(uses & _OF_OTHERS) and not uses & _OF_SERVERS
