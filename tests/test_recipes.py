"""What stands in samples/recipes.md is taken by the programs that it is for."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
import typer.main
import yaml
from jsonschema import Draft7Validator

from tests.commandline import PATIENCE, SAMPLES

TEXT: Final = SAMPLES[0].with_name("recipes.md").read_text("utf-8")
BLOCKS: Final = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
TRUSTLIST: Final = Path(sys.executable).with_name("trustlist")


def blocks(kind: str) -> list[str]:
    return [body for name, body in BLOCKS if name == kind]


def document(key: str) -> Any:
    """The one YAML that has a key at its top."""
    (found,) = [each for each in map(yaml.safe_load, blocks("yaml")) if key in each]
    return found


def command_lines() -> list[str]:
    """Every call of `trustlist`, up to what a shell does next."""
    text = "\n".join(re.sub(r"\n +(?=--)", " ", body) for _, body in BLOCKS)
    calls = re.findall(r"(?:^|[ /=])(trustlist (?:-q )?[a-z]+ ?[^|\n]*?)(?= \|\||$)", text, re.M)
    return [call for call in calls if call.split()[-1] != "trustlist" and "find-links" not in call]


@cache
def group() -> Any:
    from pipeline.cli.app import app

    return typer.main.get_command(app)


def test_there_are_recipes_for_all_of_these() -> None:
    kinds = ("crontab", "ini", "yaml", "sh", "python")
    assert [len(blocks(kind)) for kind in kinds] == [2, 2, 2, 2, 1]
    assert len(command_lines()) == 8


@pytest.mark.parametrize("line", command_lines())
def test_its_command_lines_are_understood(line: str) -> None:
    words = shlex.split(line)[1:]
    own = [word for word in words if word != "-q"]
    command = group().commands[own[0]]
    arguments = own[1:] if len(own) > 1 else ["a.pdf"]  # xargs adds them
    command.make_context(own[0], arguments, parent=group().context_class(group()))


def test_each_document_is_loaded_by_a_process_of_its_own(tmp_path: Path) -> None:
    (script,) = blocks("python")
    load = script[script.index("def load") : script.index("if __name__")]
    call = f"import subprocess\n{load}\nprint([load(each) for each in {[*map(str, SAMPLES)]}])"
    environment = {"PATH": str(TRUSTLIST.parent), "TRUSTLIST_DATABASE": str(tmp_path / "all.db")}
    done = subprocess.run(
        [sys.executable, "-c", call], env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("[0, 0, 0]\n", "")


def test_the_workflow_is_as_github_wants_it() -> None:
    workflow = json.loads(
        json.dumps({"on" if k is True else k: v for k, v in document("jobs").items()})
    )
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "github-workflows.json"
    found = Draft7Validator(json.loads(schema.read_text("utf-8"))).iter_errors(workflow)
    assert [each.message for each in found] == []


def test_the_cron_job_is_as_kubernetes_wants_it() -> None:
    import kubernetes_validate

    kubernetes_validate.validate(document("apiVersion"), "1.30", strict=True)
    wrong = document("apiVersion")
    wrong["spec"]["jobTemplate"]["spec"]["backofLimit"] = 0
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.30", strict=True)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_units_are_as_systemd_wants_them(tmp_path: Path) -> None:
    for body in blocks("ini"):
        name = body.splitlines()[0].rpartition("/")[2]
        unit = body.replace("/usr/local/bin/trustlist", shutil.which("true") or "")
        (tmp_path / name).write_text(unit)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE * 5,
    )
    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line] == []


def test_the_lines_of_cron_have_a_time_and_no_percent_sign() -> None:
    lines = [
        line for body in blocks("crontab") for line in body.splitlines() if "=" not in line[:9]
    ]
    assert len(lines) == 2
    for line in lines:
        assert re.match(r"[0-9*]+ [0-9*]+ \* \* \*  cd ", line)
        assert "%" not in line  # cron takes it for a line's end


@pytest.mark.slow
def test_many_documents_are_loaded_as_it_says(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    for sample in SAMPLES[:2]:
        shutil.copy(sample, tmp_path / "lists")
    (tmp_path / "trustlist").symlink_to(TRUSTLIST)
    _, script = blocks("sh")
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    kept = {"cwd": tmp_path, "env": env, "capture_output": True, "text": True}
    one, several = script.splitlines()
    for line in (one, several.replace("-n 50", "-n 1")):
        done = subprocess.run(["bash", "-c", line], check=True, timeout=PATIENCE * 5, **kept)
        listed = subprocess.run([TRUSTLIST, "snapshots"], check=True, timeout=PATIENCE * 5, **kept)
        assert listed.stdout.startswith("2 snapshots loaded."), done
        (tmp_path / "trustlist.db").unlink()
