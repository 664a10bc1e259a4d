"""The map of pipeline/ names what is there."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
MAP = (TOP / "pipeline" / "README.md").read_text("utf-8")
PLACES = (TOP / "pipeline", TOP, TOP / "pipeline" / "api")


def test_each_file_and_room_that_it_names_exists() -> None:
    named = re.findall(r"`([\w./-]+(?:\.(?:py|md|toml)|/))`", MAP)
    assert len(named) > 40
    missing = {
        name
        for name in named
        if "NAME" not in name and not any((place / name).exists() for place in PLACES)
    }
    assert not missing


def test_each_function_that_it_names_is_in_its_file() -> None:
    pairs = re.findall(r"`([\w/]+\.py)`: `(\w+)`", MAP)
    assert len(pairs) > 5
    for path, name in pairs:
        text = (TOP / "pipeline" / path).read_text("utf-8")
        assert re.search(rf"^(?:def|class) {name}\b|^{name}\b", text, re.MULTILINE), (path, name)


def test_its_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", MAP):
        assert (TOP / "pipeline" / link).exists()


def test_it_is_a_page() -> None:
    assert len(MAP.splitlines()) < 250
