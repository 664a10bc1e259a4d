"""The grammar of what a page is drawn with: operators and their operands (ISO 32000-1, annex A)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_SPACE: Final = r"(?:[\0\t\n\f\r ]|%[^\r\n]*)*+"
_ENDS: Final = r"(?![^\0\t\n\f\r ()<>\[\]{}/%])"


def _string() -> str:
    """The pattern of a string; parentheses in it may be nested four deep."""
    inside = r"[^()\\]|\\."
    for _ in range(4):
        inside = rf"[^()\\]|\\.|\((?:{inside})*+\)"
    return rf"(?:\((?:{inside})*+\)|<[0-9A-Fa-f\s]*+>)"


def _operands() -> dict[str, str]:
    """The pattern of each kind of operand, with the white space after it."""
    kinds = {
        "number": r"[+-]*+(?:\d++\.?\d*+|\.\d++)",
        "name": r"/[^\0\t\n\f\r ()<>\[\]{}/%]*+",
        "string": _string(),
    }
    simple = "|".join((*kinds.values(), r"(?:true|false|null)\b"))
    values = rf"(?:(?:{simple}){_SPACE})*+"
    kinds["texts"] = rf"\[{_SPACE}(?:(?:{kinds['number']}|{kinds['string']}){_SPACE})*+\]"
    kinds["array"] = rf"\[{_SPACE}{values}\]"
    inner = rf"(?:(?:{simple}|{kinds['array']}|<<{_SPACE}{values}>>){_SPACE})*+"
    kinds["properties"] = rf"(?:{kinds['name']}|<<{_SPACE}{inner}>>)"
    kinds["colour"] = rf"(?:{kinds['number']}{_SPACE})*+(?:{kinds['name']})?+"
    kinds["font"] = rf"(?P<font>{kinds['name']})"
    kinds["form"] = rf"(?P<form>{kinds['name']})"
    return {kind: f"{pattern}{_SPACE}" for kind, pattern in kinds.items()}


def _instructions() -> re.Pattern[bytes]:
    """The pattern of instructions: operands of the right kinds, then their operator.

    A match ends after one that names a font or a form, or at the last that makes sense.
    """
    operands = _operands()
    plain, naming = (
        "|".join(
            "".join(operands[kind] for kind in kinds.split()) + f"(?:{operators})"
            for operators, kinds in _OPERATORS.items()
            if kinds.startswith(("font", "form")) is is_naming
        )
        for is_naming in (False, True)
    )
    pattern = rf"(?:(?:{plain}){_ENDS}{_SPACE})*+(?:(?:{naming}){_ENDS}{_SPACE})?+"
    return re.compile(pattern.encode("ascii"), re.DOTALL)


_OPERATORS: Final = {
    "Tj|'": "string",
    "TJ": "texts",
    "T[dD]|[ml]": "number number",
    "Tm|cm|c": " ".join(["number"] * 6),
    "Tf": "font number",
    "Do": "form",
    r"T\*|q|Q|BT|ET|EMC|[fbB]\*?|W\*?|[hnsSF]": "",
    "re|[vykK]": " ".join(["number"] * 4),
    "rg|RG": "number number number",
    "T[cwzLrs]|[wJjMigG]": "number",
    "ri|gs|cs|CS|sh|MP|BMC": "name",
    "BDC|DP": "name properties",
    "scn?|SCN?": "colour",
    "d": "array number",
    '"': "number number string",
    r"BI\b.*?\sID\b.*?\sEI": "",  # an image
    r"BX\b.*?\bEX": "",  # what older readers are to pass over
}
"""Operators, and what stands before them (ISO 32000-1, annex A)."""
_INSTRUCTIONS: Final = _instructions()
_LEADING: Final = re.compile(_SPACE.encode("ascii"))


class Content(NamedTuple):
    """What a content stream consists of: fonts and forms it names, and what makes no sense."""

    fonts: list[str]
    forms: list[str]
    nonsense: str

    @classmethod
    def of(cls, data: bytes) -> Content:
        """Read the unpacked data of a content stream, or of several that make one text."""
        fonts: dict[bytes, None] = {}
        forms: dict[bytes, None] = {}
        leading = _LEADING.match(data)
        at = leading.end() if leading else 0
        while (match := _INSTRUCTIONS.match(data, at)) and match.end() > at:
            at = match.end()
            if match.lastgroup == "font":
                fonts[match["font"]] = None
            elif match.lastgroup == "form":
                forms[match["form"]] = None
        return cls(
            list(map(_name, fonts)),
            list(map(_name, forms)),
            _excerpt(data[at:]) if at < len(data) else "",
        )


def _excerpt(data: bytes) -> str:
    """The beginning of some data, fit to be shown."""
    return ascii(data[:40].decode("latin-1"))[1:-1]


def _name(token: bytes) -> str:
    """A name with its ``#`` escapes undone."""
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), token[1:].strip())
    return plain.decode("utf-8", "surrogateescape")
