"""The wheel, in an environment that has nothing else of the project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests.commandline import SAMPLES, fingerprints_of

TOP = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("package")]  # the wheel is built once

LOCK = TOP / ".requirements.lock"
NOT_COPIED = shutil.ignore_patterns(".*", "*.egg-info", "__pycache__", "*.db", "tests")
API = "pipeline/api/"


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, and those of all that it needs, as `make wheelhouse` builds them."""
    source = tmp_path_factory.mktemp("wheel") / "source"
    shutil.copytree(TOP, source, ignore=NOT_COPIED)  # setuptools writes
    shutil.copy(LOCK, source)
    (source / ".venv").symlink_to(sys.prefix)
    subprocess.run(["make", "--old-file", ".venv/.ready", "wheelhouse"], cwd=source, check=True)
    return source / "dist" / "wheelhouse"


@pytest.fixture(scope="module")
def wheel(wheelhouse: Path) -> Path:
    (built,) = wheelhouse.glob("trustlist-*.whl")
    return built


def _pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "-qq", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True)


def test_the_wheel_holds_the_packages_and_their_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        str(path.relative_to(TOP)).removeprefix(API)
        for package in ("pipeline", "schemas")
        for path in (TOP / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    scripts = {name for name in ours if "/build/" in name}
    assert {name.split("/")[0] for name in scripts} == {"pipeline", "schemas"}
    assert ours - scripts - {"pipeline/README.md"} <= names
    assert not [name for name in names if "/build/" in name or name.startswith(API)]
    assert {name.split("/")[0] for name in names} - {"pipeline", "schemas", "trustlist"} == {
        wheel.name.split("-py3")[0] + ".dist-info"
    }
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_works_on_a_machine_without_network(wheelhouse: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    scripts = tmp_path / "venv" / "bin"
    from_here = ("--no-index", "--find-links", str(wheelhouse))
    _pip(scripts / "python", "install", *from_here, "trustlist")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def trustlist(*arguments: str) -> str:
        done = subprocess.run(
            [scripts / "trustlist", *arguments],
            cwd=tmp_path,
            env=clean,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def python(*arguments: str) -> str:
        command = [scripts / "python", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=True
        ).stdout

    assert python("-m", "trustlist", "--version") == trustlist("--version")
    trustlist("ingest", *map(str, SAMPLES))
    ask = "import trustlist; print(len(trustlist.show_release('trustlist.db', '12.7').rows))"
    assert int(python("-c", ask)) == len(fingerprints_of(SAMPLES[1]))
    diff = json.loads(trustlist("diff", "12.7", "12.8", "--format", "json"))
    reasons = {item["fingerprint"]: item["reasons"][0] for item in diff["removed"]}
    assert reasons["02faf3e291435468607857694df5e45b68851868"] == "expired 2020-05-30"
    assert reasons["ccab0ea04c2301d6697bdd379fcd12eb24e3949d"] == "expired 2020-05-30"
    shutil.copy(TOP / "tests" / "databases" / "0001.db", tmp_path / "trustlist.db")
    assert trustlist("database", "upgrade").startswith("Upgraded the database from schema 0001")
    assert trustlist("database", "verify").startswith("Nothing is wrong")


def test_all_dependencies_are_pinned() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    pinned = {line.split("==")[0].lower() for line in LOCK.read_text("utf-8").splitlines()}
    for requirement in wanted:
        name = requirement.split(">=")[0].split("[")[0]
        assert name.lower() in pinned


@pytest.mark.parametrize("installer", ["pipx", "uv"])
def test_installers_of_commands_take_the_wheel(
    installer: str, wheel: Path, wheelhouse: Path, tmp_path: Path
) -> None:
    program = shutil.which(installer)
    if program is None:
        pytest.skip(f"{installer} is missing")
    own = {
        "pipx": ("install", f"--pip-args=--no-index --find-links={wheelhouse}", str(wheel)),
        "uv": ("tool", "install", "--no-index", f"--find-links={wheelhouse}", str(wheel)),
    }
    places = {
        "HOME": "",
        "PIPX_HOME": "home",
        "PIPX_BIN_DIR": "bin",
        "UV_TOOL_DIR": "home",
        "UV_TOOL_BIN_DIR": "bin",
        "UV_CACHE_DIR": "cache",
    }
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        **{name: str(tmp_path / place) for name, place in places.items()},
    }
    subprocess.run([program, *own[installer]], env=environment, cwd=tmp_path, check=True)
    command = [tmp_path / "bin" / "trustlist", "extract", SAMPLES[1], "--format", "json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    entries = json.loads(done.stdout)["entries"]
    assert [each["fingerprint"] for each in entries] == fingerprints_of(SAMPLES[1])
