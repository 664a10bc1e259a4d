"""Fetch pinned packages with their registries' own clients, and read their files."""

from __future__ import annotations

import re
import subprocess
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Literal, cast

# With these, pip can still read the metadata of source packages from 2011 on.
_TOOLS = ("pip==24.0", "setuptools==69.5.1", "wheel==0.43.0")

Registry = Literal["pypi", "debian", "debian-source"]


@dataclass(frozen=True)
class Package:
    """One version of a package; `made` is the day its bundles are from where they don't say."""

    registry: Registry
    name: str
    version: str
    made: date | None = None

    @property
    def day(self) -> date:
        """The day given, or else the version read as a date. Raises `PackageError`."""
        if self.made:
            return self.made
        found = re.match(r"(20\d\d)\.(\d+)\.(\d+)", self.version)
        if not found:
            raise PackageError(f"{self}: no day is given, and its version is none")
        return date(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class PackageError(RuntimeError):
    """A package can't be had, or doesn't hold what it should."""


class Downloads:
    """A folder of archives, a folder for each package; filled as they are asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def archive(self, package: Package) -> Path:
        """Path of the package's archive. Raises `PackageError` if it can't be downloaded."""
        folder = self._folder / f"{package.name}-{package.version}"
        folder.mkdir(parents=True, exist_ok=True)
        if not (found := _archives(package, folder)):
            self._fetch(package, folder)
            found = _archives(package, folder)
        if len(found) != 1:
            raise PackageError(f"{package}: {len(found)} archives in {folder}, not one")
        return found[0]

    def _fetch(self, package: Package, folder: Path) -> None:
        pin = f"{package.name}={package.version}"
        match package.registry:
            case "pypi":
                options = ["--no-deps", "--no-build-isolation", "--prefer-binary"]
                options += ["--ignore-requires-python", "--quiet", "--dest", str(folder)]
                pin = f"{package.name}=={package.version}"
                _run([str(self._pip()), "download", *options, pin], folder)
            case "debian":
                _run(["apt-get", "download", "-qq", pin], folder)
            case "debian-source":
                options = ["--download-only", "--only-source", "-qq"]
                _run(["apt-get", "source", *options, pin], folder)

    def _pip(self) -> Path:
        tools = self._folder / "tools"
        pip = tools / "bin" / "pip"
        if not pip.exists():
            venv.create(tools, with_pip=True)
            _run([str(tools / "bin" / "python"), "-m", "pip", "install", "-q", *_TOOLS], tools)
        return pip


def files(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Each file of a wheel, zip, tar or Debian archive: its path and its bytes."""
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                yield name, wheel.read(name)
    elif archive.suffix == ".deb":
        command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 no shell
            yield from _tar_files(cast("IO[bytes]", process.stdout))
    else:
        with archive.open("rb") as stream:
            yield from _tar_files(stream)


def _tar_files(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=stream, mode="r|*") as tar:
        for member in tar:
            if member.isfile() and (content := tar.extractfile(member)):
                yield member.name, content.read()


def _archives(package: Package, folder: Path) -> list[Path]:
    """List the archives that hold the package's files (a Debian source has others)."""
    if package.registry == "debian-source":
        return sorted(folder.glob("*.orig.tar.*"))
    return sorted(path for path in folder.iterdir() if path.is_file())


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(  # noqa: S603 no shell
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PackageError(f"{' '.join(command[:3])} failed in {folder}:\n{done.stderr[-2000:]}")
