"""What scanners and inventories of software take: SARIF of `check`, CycloneDX of `export`."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from pydantic import BaseModel
from sarif_pydantic import Sarif

from tests.commandline import SAMPLES, Run, certificate_of, fingerprints_of, truth_of

CHAINS: Final = Path(__file__).resolve().parents[1] / "check" / "chains"
WITH_CROSS: Final = "sectigo-2021-with-addtrust-cross.pem"
ON: Final = ("--on", "2021-09-01")


def unknown_keys(model: BaseModel) -> Iterator[str]:
    """Give what a SARIF file has that its standard doesn't name."""
    yield from set(model.model_extra or ()) - {"$schema"}
    for name in type(model).model_fields:
        value = getattr(model, name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, BaseModel):
                yield from unknown_keys(each)


def sarif(text: str) -> Any:
    """Read SARIF that keeps to its standard."""
    assert not set(unknown_keys(Sarif.model_validate_json(text)))
    return json.loads(text)


def test_code_scanning_gets_a_result_for_each_release(ask: Run, tmp_path: Path) -> None:
    (tmp_path / "my chains").mkdir()
    shutil.copy(CHAINS / WITH_CROSS, tmp_path / "my chains" / "a.pem")
    asked = ask("check", "my chains/a.pem", *ON, "--format", "sarif")
    assert asked.code == 1
    (run,) = sarif(asked.out)["runs"]
    verdicts = {
        each["message"]["text"].partition(" ")[0]: (each["ruleId"], each["kind"], each["level"])
        for each in run["results"]
        if each["ruleId"].startswith("chain-")
    }
    assert verdicts == {
        "12.6(1)": ("chain-refused", "fail", "error"),
        "12.7(1)": ("chain-refused", "fail", "error"),
        "12.8(1)": ("chain-accepted", "pass", "none"),
    }
    rules = [each["id"] for each in run["tool"]["driver"]["rules"]]
    assert all(rules[each["ruleIndex"]] == each["ruleId"] for each in run["results"])
    places = {
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in run["results"]
    }
    assert places == {"my%20chains/a.pem"}
    assert "Fix: stop sending" in asked.out


def test_code_scanning_of_a_directory_names_each_file(ask: Run) -> None:
    (run,) = sarif(ask("check", CHAINS, *ON, "--format", "sarif").out)["runs"]
    places = {
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in run["results"]
    }
    assert places == {each.as_uri() for each in CHAINS.iterdir()}


def test_remarks_are_notes_or_errors_if_they_count(ask: Run) -> None:
    call = ("check", CHAINS / "sectigo-dv.pem", *ON)
    remarks = {each["kind"] for each in json.loads(ask(*call, "--format", "json").out)["remarks"]}
    for options, level in (((), "note"), (("--strict",), "error")):
        (run,) = sarif(ask(*call, *options, "--format", "sarif").out)["runs"]
        found = {
            each["ruleId"]: each["level"] for each in run["results"] if each["ruleId"] in remarks
        }
        assert found == dict.fromkeys(remarks, level)


def test_a_file_s_name_says_that_it_is_sarif_or_cyclonedx(ask: Run, tmp_path: Path) -> None:
    ask("check", CHAINS / WITH_CROSS, *ON, "--output", "a.sarif")
    sarif((tmp_path / "a.sarif").read_text("utf-8"))
    for name in ("a.cdx.json", "bom.json"):
        assert ask("export", "12.7", "--output", name).code == 0
        assert json.loads((tmp_path / name).read_text("utf-8"))["bomFormat"] == "CycloneDX"
    ask("export", "12.7", "--output", "plain.json")
    assert isinstance(json.loads((tmp_path / "plain.json").read_text("utf-8")), list)


def test_an_inventory_of_software_gets_each_root(ask: Run) -> None:
    asked = ask("export", "12.7", "--format", "cyclonedx")
    assert (asked.code, asked.err) == (0, "")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(asked.out) is None
    bom = json.loads(asked.out)
    firmware = bom["metadata"]["component"]
    assert (firmware["type"], firmware["version"]) == ("firmware", "12.7(1)")
    (sample,) = [path for path in SAMPLES if "12.7" in path.name]
    assets = {each["hashes"][0]["content"]: each for each in bom["components"]}
    assert sorted(assets) == sorted(fingerprints_of(sample))
    assert len(assets) == len(truth_of(sample))
    for fingerprint, asset in assets.items():
        certificate = certificate_of(fingerprint)
        facts = asset["cryptoProperties"]["certificateProperties"]
        assert facts["notValidAfter"] == certificate.not_valid_after_utc.isoformat()
        assert asset["hashes"][0]["alg"] == "SHA-1"
    (trusts,) = [each for each in bom["dependencies"] if each["ref"] == firmware["bom-ref"]]
    assert sorted(trusts["dependsOn"]) == sorted(assets)


def test_the_same_store_gives_the_same_inventory(ask: Run) -> None:
    first, second = (ask("export", "12.7", "--format", "cyclonedx").out for _ in range(2))
    assert first == second
    other = ask("export", "12.8", "--format", "cyclonedx").out
    assert json.loads(other)["serialNumber"] != json.loads(first)["serialNumber"]


def test_without_the_library_cyclonedx_says_what_to_install(
    ask: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == "cyclonedx"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cyclonedx", None)
    result = ask("export", "12.7", "--output", "a.cdx.json")
    assert (result.code, list(tmp_path.iterdir())) == (2, [])
    assert "pip install 'trustlist[cyclonedx]'" in result.err
