"""What a browser asks for, and the body of a request taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Final

from pipeline.errors import UsageError

MOST_FIELDS: Final = 10
"""Parameters of an address."""
MOST_PARTS: Final = 30
"""Fields of a form, each file of a field counted."""


@dataclass(frozen=True)
class SiteRequest:
    """A path with its parameters and, if a form was sent, the contents of its fields.

    A field may have several, such as files that are chosen together.
    ``is_from_elsewhere``: a page of another site has led here.
    """

    path: str
    parameters: Mapping[str, str]
    fields: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    is_sent: bool = False
    is_from_elsewhere: bool = False

    def text(self, name: str) -> str:
        """Give a field, or else a parameter, as text; empty if there is none."""
        if name in self.fields:
            return self.fields[name][-1].decode("utf-8", "replace").strip()
        return self.parameters.get(name, "").strip()

    def contents(self, *names: str) -> list[bytes]:
        """Give what fields hold, without what is empty."""
        return [each for name in names for each in self.fields.get(name, ()) if each.strip()]


def fields_of(body: bytes, content_type: str) -> dict[str, list[bytes]]:
    """Take a form apart (``multipart/form-data``, RFC 7578).

    Raises:
        UsageError: it is none, or has too many fields.
    """
    if "\n" in content_type or "\r" in content_type:
        raise UsageError("This is no form (multipart/form-data).")
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = message_from_bytes(head + body, policy=policy.HTTP)
    if message.get_content_type() != "multipart/form-data" or not message.is_multipart():
        raise UsageError("This is no form (multipart/form-data).")
    found: dict[str, list[bytes]] = {}
    for number, part in enumerate(message.iter_parts(), 1):
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            raise UsageError("This form has a part without a name.")
        found.setdefault(name, []).append(content)
        if number > MOST_PARTS:
            raise UsageError("This form has too many fields.")
    return found
