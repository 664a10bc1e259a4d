"""What a cell beside a row says of trust: removed, disabled, or trusted for mail only.

The title of its column tells how to read it: ``no`` below ``Trusted`` and ``yes`` below
``Distrusted`` say the same.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import folded

_YES: Final = frozenset({"yes", "true", "y", "1", "x", "ja", "oui", "si", "sim"})
_NO: Final = frozenset({"no", "false", "n", "0", "nein", "non", "nao", "none", "never", "off"})
_YES_SIGNS: Final = frozenset("✓✔☑✅●•■")
_NO_SIGNS: Final = frozenset("✗✘☐❌○□-–—")
_TRUSTED: Final = frozenset({"trust", "trusted", "enabled", "active", "included"})
"""Titles below which a no says that a row isn't trusted."""
_USES: Final = ("trustbits", "eku", "extendedkeyusage", "uses", "purpose", "usage", "trustedfor")
"""Titles, or parts of them, below which the uses of a certificate stand."""
_OF_SERVERS: Final = frozenset(
    {"websites", "website", "web", "tls", "ssl", "https", "serverauthentication", "serverauth"}
    | {"sslserver", "tlsserver", "tlswebserverauthentication", "server", "all", "any", "anyeku"}
    | {"servers", "sslservers", "tlsservers", "webserver", "webservers", "webpki", "webseiten"}
    | {"siteweb", "sitesweb", "sitioweb", "sitiosweb", "sitoweb", "sitiweb"}
)
_OF_OTHERS: Final = frozenset(
    {"email", "emailprotection", "secureemail", "smime", "mail", "code", "codesigning"}
    | {"objectsigning", "timestamping", "clientauthentication", "clientauth", "documentsigning"}
    | {"encryptingfilesystem", "ocspsigning", "ipsec", "ipsectunnel", "ipsecuser", "none"}
)
_INACTIVE: Final = frozenset({"inactive", "notincluded", "excluded", "absent"})
_ONLY: Final = re.compile(r"\b(?:only|nur|seulement|trust(?:ed)?|for|use)\b", re.IGNORECASE)
"""Words beside a use that say no more of which use it is."""
_DISTRUST_AFTER: Final = re.compile(r"distrust.*after", re.IGNORECASE)
_DENIED: Final = re.compile(
    r"\bnot[ -](?:yet )?(?:revoked|removed|distrusted|disabled|blocked|deleted|retired)\b", re.I
)
_PARTED: Final = re.compile(r"[;,|/\n]+")
_PARTED_TITLE: Final = re.compile(r"[;,|/&]+|\b(?:and|und|et|or)\b", re.IGNORECASE)
_FLAGS: Final = re.compile(r"([a-zA-Z]{0,6}),[a-zA-Z]{0,6},[a-zA-Z]{0,6}")
"""Trust flags of NSS: for servers, mail and code (certutil, option -t)."""
_OF_CAS: Final = frozenset("CT")
"""Those that make a CA trusted."""
_ONLY_ONE: Final = re.compile(r"\b(?:only|nur|seulement)\b", re.IGNORECASE)


class TrustColumn(NamedTuple):
    """A column beside the rows of a table: its title, and its cell in each row.

    A cell is None where a row is of another table, which has no such column.
    """

    title: str
    cells: Sequence[str | None]


def denials(columns: Sequence[TrustColumn], count: int) -> list[str]:
    """What says of each of ``count`` rows that it isn't trusted for servers, or ``""``.

    Where some cells of a column say yes and none says no, an empty one says no; and a mark below
    another use says so, where that of servers is empty in all rows.
    """
    found = [""] * count
    for title, cells in columns:
        is_no = _is_of_trust(title) and _says_yes_or_nothing(cells)
        for at, cell in enumerate(cells):
            if cell and says_untrusted(title, cell):
                found[at] = found[at] or said(title, cell)
            elif cell == "" and is_no:
                found[at] = found[at] or f"nothing below “{title}”"
    servers = [each.cells for each in columns if _is_of_servers(each.title)]
    others = [each for each in columns if _is_of_others(each.title)]
    for at in range(count) if servers else ():
        if any(cells[at] != "" for cells in servers):
            continue
        other = next((e for e in others if _is_yes(e.cells[at] or "")), None)
        if other is not None:
            found[at] = found[at] or said(other.title, f"{other.cells[at]}")
    return found


def said(title: str, text: str) -> str:
    """A cell that says that its row isn't trusted, with its title if that is needed."""
    title = title.rstrip(" :=")
    shown = textwrap.shorten(text, _LONGEST, placeholder="…")
    return f"{title}: {shown}" if title and not is_mark(text) else shown


def _says_yes_or_nothing(cells: Sequence[str | None]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(map(_is_yes, filled))


def says_untrusted(title: str, text: str) -> bool:
    """Whether a cell below a title says that its row is not trusted for TLS servers."""
    if not text.strip() or is_distrust_after(title):
        return False
    key, value = folded(title), folded(text)
    if is_mark(title):  # the column is one of what was removed
        return _is_yes(text) or any(map(str.isdigit, text)) or is_mark(text)
    if _is_of_others(title):
        return _is_yes(text) and _ONLY_ONE.search(title) is not None
    if flags := _FLAGS.fullmatch("".join(text.split())):
        return not _OF_CAS & {*flags[1]} and key.startswith("trust")
    if _is_no(text):
        return _is_of_trust(title) or any(use in key for use in _USES)
    if any(use in key for use in _USES):
        return _lacks_servers(text)
    is_status = vocabulary.role_of_title(title) == "status" if title else False
    if is_status and (value in _INACTIVE or _lacks_servers(text)):
        return True
    if is_status or _is_of_servers(title):
        return vocabulary.holds_removed_mark(_DENIED.sub("", text))
    return len(text.split()) <= SETTINGS.mark_words and says_untrusted_alone(text)


def says_untrusted_alone(text: str) -> bool:
    """Whether words say so without a title: ``removed``, ``email only``."""
    return is_mark(text) or (_ONLY_ONE.search(text) is not None and _lacks_servers(text))


_LONGEST: Final = 60
"""Characters of a cell that are shown."""
_BRACKETS: Final = "()[] {}<>#*/|;,.:!–—-"


def mark_behind(name: str) -> str:
    """What stands behind a name and says that it isn't trusted, or ``""``: ``(removed)``."""
    words = name.split()
    for count in range(1, min(SETTINGS.mark_words, len(words) - 1) + 1):
        text = " ".join(words[-count:])
        bare = text.strip(_BRACKETS)
        if bare and "=" not in bare and says_untrusted_alone(bare) and _is_all(bare):
            return text
    return ""


def _is_all(text: str) -> bool:
    """Whether words that say so are no more than that: ``Removed``, not ``Removed Roots CA``."""
    return vocabulary.is_removed_mark(text.split()[0]) or _ONLY_ONE.search(text) is not None


def is_title(text: str) -> bool:
    """Whether what stands below a title, or behind a label, tells of trust."""
    key = folded(text)
    return (
        _is_of_trust(text)
        or _is_of_others(text)
        or any(use in key for use in _USES)
        or is_distrust_after(text)
        or is_mark(text)
    )


@lru_cache(maxsize=4096)
def is_mark(text: str) -> bool:
    """Whether a text says of something that it is removed, and not that it isn't."""
    return vocabulary.is_removed_mark(_DENIED.sub("", text))


def is_distrust_after(title: str) -> bool:
    """Whether the dates of a column are those from which on new certificates aren't trusted."""
    return _DISTRUST_AFTER.search(title) is not None and "mime" not in folded(title)


def _is_yes(text: str) -> bool:
    return folded(text) in _YES or text.strip() in _YES_SIGNS


def _is_no(text: str) -> bool:
    return folded(text) in _NO or text.strip() in _NO_SIGNS


def _is_of_trust(title: str) -> bool:
    """Whether a yes below a title says that a row is trusted for servers, and a no the reverse."""
    return folded(title) in _TRUSTED or _is_of_servers(title)


def _is_of_servers(title: str) -> bool:
    """Whether a column is that of one use, TLS servers: ``Websites``, ``Trusted for TLS``."""
    bare = _ONLY.sub("", title)
    parts = [folded(part) for part in _PARTED_TITLE.split(bare) if folded(part)]
    return folded(bare) in _OF_SERVERS or (bool(parts) and _OF_SERVERS.issuperset(parts))


def _is_of_others(title: str) -> bool:
    """Whether a column is that of one use, and not of servers: ``Email``."""
    return folded(_ONLY.sub("", title)) in _OF_OTHERS


def _lacks_servers(text: str) -> bool:
    uses = {folded(_ONLY.sub("", part)) for part in _PARTED.split(text)} - {""}
    return bool(uses & _OF_OTHERS) and not uses & _OF_SERVERS
