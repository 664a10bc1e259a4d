"""What ``diff`` prints of a list: the list as it is afterwards; lines taken out are reported."""

import re
from itertools import dropwhile
from typing import Final

from pipeline.extract.formats import Content, Reported, content_of
from pipeline.extract.formats.text import decode

_UNIFIED: Final = re.compile(r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", re.M)
_NORMAL: Final = re.compile(r"\d+(?:,\d+)?[acd]\d+(?:,\d+)?")
_HEAD: Final = re.compile(r"(?:diff |index |--- |\+\+\+ |\\ No newline|(?:new|deleted) file ).*")
_DIGITS: Final = re.compile(r"(?:[0-9A-Fa-f]{2}[: ]?){20}")
_REMOVED: Final = "The change takes this line out of the list: it is not loaded."


def read(data: bytes) -> Content | None:
    """What a list holds after a change.

    Raises:
        FormatError: it can't be read.
    """
    text = decode(data)
    lines = text.splitlines()
    if _UNIFIED.search(text):
        lines = [*dropwhile(lambda line: not _UNIFIED.match(line), lines)]
        lines = [line for line in lines if not (_UNIFIED.match(line) or _HEAD.fullmatch(line))]
        old, new = "-", "+"
    elif lines and _NORMAL.fullmatch(lines[0]):
        lines = [line for line in lines if not _NORMAL.fullmatch(line) and line != "---"]
        old, new = "<", ">"
    else:
        return None
    kept = [line.removeprefix(new)[line[:1] == " " :] for line in lines if line[:1] != old]
    content = content_of("\n".join(kept).encode())
    told = [
        Reported("unaccounted-text", line[1:].strip(), _REMOVED)
        for line in lines
        if line[:1] == old and _DIGITS.search(line)
    ]
    return content._replace(reported=[*content.reported, *told])
