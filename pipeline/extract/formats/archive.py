"""Archives: they are not unpacked, but what is inside is told, and how to go on."""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from itertools import islice
from typing import Final

from pipeline.extract.formats import FormatError

_COMPRESSED: Final = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!": "RAR",
}
_SHOWN: Final = 5
_MOST: Final = 1000
"""More members of an archive aren't looked at: it may be made to take for ever."""


def read(data: bytes) -> None:
    """Refuse an archive.

    Raises:
        FormatError: it is one.
    """
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise FormatError(_told("zip", _in_zip(data)))
    kind = next((name for mark, name in _COMPRESSED.items() if data.startswith(mark)), "")
    if kind or data[257:262] == b"ustar":
        raise FormatError(_told(kind or "tar", _in_tar(data)))


def zip_entries(data: bytes) -> list[zipfile.ZipInfo]:
    """What the directory of a zip file lists; nothing if it is damaged, or none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _in_zip(data: bytes) -> list[str]:
    return [each.filename for each in zip_entries(data) if not each.is_dir()][:_MOST]


def _in_tar(data: bytes) -> list[str]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            return [each.name for each in islice(archive, _MOST) if each.isfile()]
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error):
        return []


def _told(kind: str, names: list[str]) -> str:
    if not names:
        return f"this file is compressed ({kind}). Unpack it, and give the file that is inside."
    shown = ", ".join(names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    count = "1 file" if len(names) == 1 else f"{len(names)} files"
    return f"this is a {kind} archive of {count}: {shown}{more}. Unpack it, and give what you mean."
