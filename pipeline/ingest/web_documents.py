"""Documents at an address of the web, downloaded only if they have changed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from pipeline.errors import DocumentError, SourceError, UsageError
from pipeline.extract.guard import LIMITS, Limits
from pipeline.inputs import MIB
from pipeline.online import Answer, Client, FetchError

_CREDENTIALS: Final = re.compile(r"(?<=//)[^/]*@")
_URL: Final = re.compile(r"https?://", re.IGNORECASE)
_REDIRECTS: Final = 5
_NOT_MODIFIED: Final = 304
_ADVICE: Final = {
    401: "it wants you to log in; download the file in a browser",
    403: "it doesn't give this to programs; download the file in a browser",
    404: "the document isn't there any more; look for its new address",
    410: "the document isn't there any more; look for its new address",
}
_PAGE: Final = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
_NO_NAME: Final = re.compile(r"[\x00-\x1f\x7f/\\]")


@dataclass(frozen=True)
class Remembered:
    """What is known of an address: what tells whether it has changed (RFC 9110 section 13.1).

    ``sha256`` is that of its document. ``trouble`` is what was wrong at the last look. ``unsent``
    are messages about news, by the receivers that haven't taken them yet; ``refusals`` is why each
    of these didn't.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    trouble: str = ""
    unsent: dict[str, list[str]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WebDocument:
    """A document that was downloaded, and what to remember of it."""

    name: str
    body: bytes
    remembered: Remembered


def is_url(text: str) -> bool:
    """Whether a text is an address of the web, not the path of a file."""
    return bool(_URL.match(text))


def shown(url: str) -> str:
    """Give an address without the password that may be in it."""
    try:
        parts = urlsplit(url)
    except ValueError:  # it has half an IPv6 address
        return _CREDENTIALS.sub("", url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def download(
    url: str, known: Remembered | None = None, *, limits: Limits = LIMITS, allow_http: bool = False
) -> WebDocument | None:
    """Get what is at an address, within the time and the size of ``limits``.

    None if it is still what is ``known``. Over HTTPS only, redirects included, unless
    ``allow_http``.

    Raises:
        SourceError: it can't be had; DocumentError: a web page stands there in place of a PDF.
    """
    conditions = _conditions(known) if known else {}
    client = Client(
        "documents",
        seconds=limits.seconds,
        most=limits.size * MIB,
        redirects=_REDIRECTS,
        https_only=not allow_http,
    )
    try:
        with client:
            answer = client.get(url, headers=conditions)
    except FetchError as error:
        raise SourceError(f"{shown(url)}: {error}.") from error
    if answer.status == _NOT_MODIFIED and known:
        return None
    return _document(url, answer)


def _conditions(known: Remembered) -> dict[str, str]:
    values = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in values.items() if value}


def _document(url: str, answer: Answer) -> WebDocument:
    if answer.status != 200:
        said = f"{answer.status} {answer.reason}".strip()
        advice = _ADVICE.get(answer.status, "try again later")
        raise SourceError(f"{shown(url)}: the server answers {said}: {advice}.")
    name = name_of(url)
    if not answer.body:
        raise SourceError(f"{shown(url)}: the server sends an empty file; try again later.")
    if name.lower().endswith(".pdf") and _PAGE.match(answer.body[:4096]):
        raise DocumentError(
            f"{shown(url)}: this is a web page and no PDF; it may want you to log in. "
            "Download the file in a browser."
        )
    headers: Mapping[str, str] = answer.headers
    digest = hashlib.sha256(answer.body).hexdigest()
    remembered = Remembered(url, headers.get("etag", ""), headers.get("last-modified", ""), digest)
    return WebDocument(name, answer.body, remembered)


def name_of(url: str) -> str:
    """Name the file of the document at an address."""
    try:
        parts = urlsplit(url)
    except ValueError:  # it has half an IPv6 address
        return "document"
    name = _NO_NAME.sub("_", unquote(parts.path.rstrip("/").rpartition("/")[2]))[-200:]
    return name if name.strip(". ") else (parts.hostname or "document")


@contextmanager
def as_file(document: WebDocument) -> Iterator[Path]:
    """Give a file of the document's name; errors about it name the address."""
    with tempfile.TemporaryDirectory(prefix="trustlist-") as directory:
        path = Path(directory, document.name)
        path.write_bytes(document.body)
        try:
            yield path
        except DocumentError as error:
            url = shown(document.remembered.url)
            lines = (line.replace(str(path), url) for line in error.lines)
            raise DocumentError(*lines) from error


class Memory:
    """What is remembered of addresses: a file each in a directory of its own."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory or _usual_directory()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep all others out for the block: what two remember at once, two would send.

        Raises:
            UsageError: the directory can't be used.
        """
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            directory = os.open(self._directory, os.O_RDONLY)
        except OSError as error:
            raise self._refusal(error) from error
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)  # goes with the process, however that ends
            yield
        finally:
            os.close(directory)

    def recall(self, url: str) -> Remembered:
        """Give what is known of an address; of what can't be read, nothing."""
        try:
            said: Any = json.loads(self._path(url).read_text("utf-8"))
            known = Remembered(**{each.name: said[each.name] for each in fields(Remembered)})
        except (OSError, ValueError, KeyError, TypeError):
            return Remembered(url)
        return known if known.url == shown(url) else Remembered(url)

    def keep(self, known: Remembered) -> None:
        """Remember it, whole or not at all.

        Raises:
            UsageError: the directory can't be written.
        """
        text = json.dumps(asdict(replace(known, url=shown(known.url))), indent=2)
        self._write(self._path(known.url), text.encode())

    def keep_document(self, document: WebDocument) -> None:
        """Put a copy of a document there, named by its SHA-256.

        Raises:
            UsageError: the directory can't be written.
        """
        suffix = Path(document.name).suffix
        path = self._directory / f"{document.remembered.sha256}{suffix}"
        if not path.exists():
            self._write(path, document.body)

    def _path(self, url: str) -> Path:
        return self._directory / f"{hashlib.sha256(shown(url).encode()).hexdigest()[:16]}.json"

    def _write(self, path: Path, content: bytes) -> None:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._directory, delete=False) as file:
                file.write(content)
            written = Path(file.name)
            written.chmod(0o644)  # as any file that is no secret
            written.replace(path)
        except OSError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: OSError) -> UsageError:
        return UsageError(
            f"{self._directory}: can't be written: {error.strerror or error}; "
            "name another directory with --keep."
        )


def _usual_directory() -> Path:
    """Where programs keep what they remember (XDG Base Directory Specification 0.8)."""
    home = os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser()
    return Path(home, "trustlist", "web")
