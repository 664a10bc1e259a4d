"""Fetch OpenSSL 1.0.2 and 1.1.1 into build/openssl/, for `test_against_openssl.py`.

Old wheels of psycopg2 on PyPI carry them. What can't be had is said, and left out.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

DIRECTORY: Final = Path(__file__).parents[2] / "build" / "openssl"
WHEELS: Final = {
    "1.0.2k": "psycopg2==2.7.3.1",
    "1.0.2q": "psycopg2-binary==2.7.7",
    "1.1.1d": "psycopg2-binary==2.8.4",
}
_PIP: Final = (
    *(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"),
    *("--no-deps", "--only-binary=:all:", "--platform=manylinux1_x86_64"),
    *("--python-version=36", "--implementation=cp", "--abi=cp36m"),
)


def library(version: str) -> Path | None:
    """Find a libcrypto that was fetched; the libraries it needs are beside it."""
    return next((DIRECTORY / version).glob("libcrypto-*"), None)


def main() -> None:
    for version, wheel in WHEELS.items():
        if not library(version):
            try:
                _fetch(wheel, DIRECTORY / version)
            except (OSError, subprocess.SubprocessError, zipfile.BadZipFile) as error:
                print(f"OpenSSL {version} can't be had from {wheel}: {error}", file=sys.stderr)


def _fetch(wheel: str, directory: Path) -> None:
    with tempfile.TemporaryDirectory() as downloads:
        subprocess.run([*_PIP, f"--dest={downloads}", wheel], check=True, timeout=120)
        (path,) = Path(downloads).iterdir()
        with zipfile.ZipFile(path) as archive:
            directory.mkdir(parents=True, exist_ok=True)
            for name in archive.namelist():
                if "/.libs/" in name:
                    (directory / Path(name).name).write_bytes(archive.read(name))


if __name__ == "__main__":
    main()
