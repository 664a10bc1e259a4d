"""Mail as programs save it (RFC 5322, MIME): what its body holds; attachments are reported."""

import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Final

from pipeline.extract.formats import Content, Reported, content_of

_HEADERS: Final = re.compile(rb"(?:[A-Za-z][\w-]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+\r?\n")
_IS_MAIL: Final = re.compile(rb"^(?:MIME-Version|Message-ID|Received):", re.I | re.M)
_ATTACHED: Final = "An attachment isn't read with the mail. Save it, and read it by itself."


def read(data: bytes) -> Content | None:
    """What the body of a mail holds: as a page, if it has one, or else as plain text.

    Raises:
        FormatError: its body can't be read.
    """
    headers = _HEADERS.match(data)
    if not headers or not _IS_MAIL.search(headers[0]):
        return None
    message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(data)
    body = message.get_body(("html", "plain"))
    if body is None:
        return None
    content = content_of(body.get_content().encode())
    told = [*content.reported, *_attachments(message)]
    return content._replace(reported=told)


def _attachments(message: EmailMessage) -> Iterator[Reported]:
    for each in message.iter_attachments():
        if not each.get_content_type().startswith("image/"):
            name = each.get_filename("an attachment without a name")
            yield Reported("unaccounted-text", name, _ATTACHED)
