"""Text from documents, made safe to show: it may come from anyone."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"""(?:^|;)["']*\s*(?=[=+\-@\uff1d\uff0b\uff0d\uff20])""")
"""What a spreadsheet may take for a formula, also full-width; after ``;``, too, which begins a
cell where the comma is for decimals."""
_PRINTABLE_ASCII = re.compile(r"[^ -~\n]+")


def visible(text: str) -> str:
    r"""Spell out the characters that a terminal obeys or nobody sees: ``\x1b``, ``\u202e``.

    Those are what Unicode has as control, format, private or unassigned characters, and all
    spaces but the common one.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _spelled(char) for char in text)


def _spelled(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible_json(text: str) -> str:
    r"""Write such characters inside JSON text as JSON's own escapes; its meaning is the same."""
    if text.isprintable():
        return text
    return _PRINTABLE_ASCII.sub(lambda found: "".join(map(_escaped, found[0])), text)


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def spreadsheet_cell(value: object) -> str:
    """Write a value so that a spreadsheet shows it and doesn't run it.

    A text that begins like a formula gets an apostrophe before it, as OWASP advises ("CSV
    Injection").
    """
    if value is None:
        return ""
    text = visible(str(value))
    return _FORMULA.sub(r"\g<0>'", text) if isinstance(value, str) else text
