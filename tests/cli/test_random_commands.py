"""Commands that nobody would type, with streams that nobody would give them: each ends in order.

What a command takes is asked of the command line itself; what it gets is chosen at random, from a
fixed seed, and more often fits than not.
"""

from __future__ import annotations

import os
import random
import shlex
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests import forked
from tests.certificates import issue
from tests.commandline import PATIENCE
from tests.every_command import COMMANDS
from tests.tiny_pdf import write_pdf

CALLS: Final = int(os.environ.get("TRUSTLIST_CALLS", "60"))
"""How many commands are run."""
SEED: Final = int(os.environ.get("TRUSTLIST_SEED", "15"))

CODES: Final = {0, 1, 2, 3, 4, 5}
CORPUS: Final = Path(__file__).resolve().parent.parent / "corpus"

# --- what there is ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(samples_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with something of every kind that a command may be given."""
    place = tmp_path_factory.mktemp("place")
    shutil.copy(samples_url.removeprefix("sqlite:///"), place / "own.db")
    data = bytearray((place / "own.db").read_bytes())
    data[4096 * 3 : 4096 * 9] = bytes(4096 * 6)
    (place / "damaged.db").write_bytes(data)
    with closing(sqlite3.connect(place / "another.db")) as connection:
        connection.execute("CREATE TABLE notes (text)")
    shutil.copy(CORPUS.parent / "databases" / "0001.db", place / "old.db")
    lines = ["Certificates trusted by release 12.9(1)", f"{'0a' * 20} CN=Nobody"]
    write_pdf(place / "list.pdf", lines)
    for name in ("text-comma.csv", "problem-mixture.pdf", "bundle-plain.pem", "odd-roots.pem"):
        shutil.copy(CORPUS / name, place / name)
    root = issue("Root")
    (place / "chain.pem").write_bytes(issue("server", root, is_ca=False).pem + root.pem)
    (place / "phones.csv").write_text("name,model,firmware\nSEP1,8841,12.7(1)\nSEP2,7821,12.8\n")
    (place / "query.sql").write_text("SELECT count(*) FROM trust_list")
    (place / "noise").write_bytes(random.Random(1).randbytes(3000))
    (place / "empty").touch()
    (place / "roots").mkdir()
    shutil.copy(CORPUS / "odd-roots.pem", place / "roots")
    (place / "link").symlink_to("list.pdf")
    (place / "loop").symlink_to("loop")
    (place / "closed").write_text("mine")
    (place / "closed").chmod(0)
    os.mkfifo(place / "pipe")
    return place


FILES: Final = (
    *("list.pdf", "text-comma.csv", "problem-mixture.pdf", "bundle-plain.pem", "odd-roots.pem"),
    *("chain.pem", "phones.csv", "query.sql", "noise", "empty", "roots", "link", "loop", "closed"),
    *(
        "own.db",
        "nosuch",
        "no/such",
        "/dev/null",
        "-",
        "pipe",
        "/dev/fd/0",
        "x" * 300,
        "\udcff",
        "",
    ),
)
URLS: Final = (
    *["sqlite:///own.db"] * 6,
    *("sqlite:///damaged.db", "sqlite:///another.db", "sqlite:///old.db", "sqlite:///new.db"),
    *("sqlite:///noise", "sqlite:///roots", "sqlite:///no/such", "sqlite://", "mysql://x/y", ""),
    *("sqlite:///empty", "sqlite:///loop", "sqlite:///pipe", "sqlite:////dev/null", "nonsense"),
    *("postgresql://u:secret@127.0.0.1:1/x", "postgresql://h:port/x", "postgresql:///x?nosuch=1"),
)
TEXTS: Final = (
    "12.7",
    "isrg",
    "\x1b[2J",
    "\udcff",
    "🎉",
    "%s",
    "'; DROP TABLE entries; --",
    " ",
    "",
)
NUMBERS: Final = ("0", "1", "2", "-1", "7", "1e999", "9" * 400, "nan", "٣", "x", "")
DAYS: Final = ("2021-09-01", "2020-02-30", "0001-01-01", "9999-12-31", "10000-01-01", "soon", "")
OUTPUTS: Final = (
    *["out", "out.csv", "out.json", "out.html", "out.md", "out.pem", "out.parquet"] * 2,
    *("no/such/out", "roots", "link", "loop", "own.db", "/dev/full", "/dev/null", "pipe-out", ""),
    *("/dev/stdout", "/dev/fd/9", "closed", "chain.pem"),
)
SQL: Final = (
    *("SELECT * FROM trust_list", "SELECT 1", "DELETE FROM entries", "SELECT", "@query.sql", "-"),
    *("SELECT zeroblob(900000000)", "SELECT 1e999, NULL, x'00ff', '\x1b'", "SELECT 1; SELECT 2"),
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
)
VALUES: Final[dict[str, tuple[str, ...]]] = {
    "FILE": FILES,
    "PATH": FILES,
    "CHAIN.pem": ("chain.pem", *FILES),
    "PHONES": ("phones.csv", *FILES),
    "STORE": ("mozilla", "openjdk", "bundle-plain.pem", *FILES),
    "DIR": ("pictures", "list.pdf", "no/such", "/dev/null"),
    "HOST:PORT": ("127.0.0.1:1", "127.0.0.1", "[::1]:1", ":", "x:99999", "127.0.0.1:1\n"),
    "URL": ("http://127.0.0.1:1/", "ftp://x", "http://[", ""),
    "DSN": ("host=127.0.0.1 port=1", "nonsense", "port=x", ""),
    "DATE": DAYS,
    "TIME": ("90d", "1y", "0d", "-1d", "9" * 30 + "y", "soon", ""),
    "SECONDS": ("1", "0.1", *NUMBERS),
    "N": ("1", *NUMBERS),
    "MIB": ("100", "1", *NUMBERS),
    "SQL": SQL,
    "FIELD=TITLE": ("model=model", "firmware=nosuch", "x=y", "=", ""),
    "FAMILY=PRODUCT": ("8800=IP Phone 7800/8800", "x", "=", ""),
    "NAME=VALUE": ("firmware=12.7(1)", "name=isrg", "within=x", "=", ""),
    "CIDR": ("10.0.0.0/8", "10.0.0.1/8", "::/0", "x", ""),
    "N|P%": ("1", "10%", "101%", "-1", "%", ""),
    "V|all": ("all", "12.7", "12.6", "latest", "13.0", *TEXTS),
    "ADDRESS": ("127.0.0.1", "192.0.2.1", "x..y", ""),
}
RELEASES: Final = ("12.7", "12.6(1)", "12.8", "latest", "all", "13.0", *TEXTS)
"""What is given where the words for a parameter name nothing else."""


class Call(NamedTuple):
    """A command with what it is given, and the files that it may write."""

    words: list[str]
    streams: tuple[str, str, str]
    limits: dict[str, int]
    writes: frozenset[str]

    def __str__(self) -> str:
        return f"trustlist {shlex.join(self.words)} {self.streams} {self.limits}"


def calls() -> Iterator[Call]:
    chance = random.Random(SEED)
    while True:
        names, command = chance.choice(list(COMMANDS.items()))
        url = chance.choice(URLS)
        written = set(_written_by(names, url))
        words: list[str] = []
        rest: list[str] = []
        for each in command.params:
            is_argument = each.param_type_name == "argument"
            is_due = each.required or (is_argument and chance.random() < 0.6)
            if chance.random() > (0.95 if is_due else 0.5 if is_argument else 0.2):
                continue
            for _ in range(chance.choice((1, 1, 1, 2, 5)) if each.nargs == -1 else 1):
                if each.name == "online":
                    words += NOWHERE if names in ASKING_CRTSH else []
                    continue
                if getattr(each, "is_flag", False):
                    words.append(each.opts[0])
                    continue
                value = _value(chance, each)
                if each.name == "output" or (names, each.name) == (("database", "backup"), "file"):
                    written |= {value, str(Path(value).parent / "datapackage.json")}
                    written |= {"list.pdf"} if value == "link" else set()
                (rest if is_argument else words).extend(
                    [value] if is_argument else [each.opts[0], value]
                )
        if "pipe" in rest:  # nobody writes to it: it is waited for until the limit
            limit = next((each for each in command.params if each.name == "seconds"), None)
            words += [limit.opts[0], "2"] if limit else []
        if chance.random() < 0.05:
            words.append(chance.choice(("--nosuch", "-", "--", "-h", "\udcff")))
        database = ["--database", url] if chance.random() < 0.95 else []
        if not database:
            written |= {"trustlist.db", "trustlist.db-journal"}
        streams = tuple(chance.choice(kinds) for kinds in (INPUTS, OUTS, ERRORS))
        limits = {}
        if chance.random() < 0.3:
            limits = dict([chance.choice(LIMITS)])
        yield Call(
            [*database, *names, *words, *(["--"] if rest else []), *rest],
            streams,  # type: ignore[arg-type]
            limits,
            frozenset(written),
        )


def _value(chance: random.Random, parameter: Any) -> str:
    if parameter.name == "output":
        return chance.choice(OUTPUTS)
    choices = getattr(parameter.type, "choices", None) if hasattr(parameter, "type") else None
    if choices:
        return str(chance.choice([*choices, *choices, "nosuch"]))
    return chance.choice(VALUES.get(parameter.metavar or "", RELEASES))


ASKING_CRTSH: Final = {("ingest",), ("enrich",)}
NOWHERE: Final = ["--online", "--crtsh-url=http://127.0.0.1:1/", "--crtsh-dsn=port=1 host=::1"]
"""Nothing but this machine is asked."""

CHANGING: Final = {
    ("ingest",),
    ("enrich",),
    ("catalogue", "add"),
    ("database", "upgrade"),
}
"""The commands that write to the database."""


def _written_by(names: tuple[str, ...], url: str) -> Iterator[str]:
    # a killed program's journal may be there after any
    path = url.removeprefix("sqlite:///")
    if names in CHANGING and url.startswith("sqlite:///") and path.endswith(".db"):
        yield from (path, f"{path}-journal")
    if names in CHANGING and path in ("empty",):  # an empty file is an empty database
        yield path
    if names == ("extract",):
        yield "pictures"


INPUTS: Final = ("closed", "null", "empty", "query.sql", "list.pdf", "chain.pem", "write-only")
OUTS: Final = ("closed", "null", "file", "file", "broken", "full", "read-only")
ERRORS: Final = ("closed", "null", "file", "file", "file", "broken", "full", "read-only")
LIMITS: Final = (
    *(("RLIMIT_NOFILE", number) for number in (12, 16, 24, 64)),
    *(("RLIMIT_FSIZE", size) for size in (0, 100, 5000, 100_000)),
    *(("RLIMIT_AS", mib << 20) for mib in (900, 1500)),
)


# --- what comes of it ------------------------------------------------------------------------


def contents(place: Path) -> dict[str, bytes | str]:
    found: dict[str, bytes | str] = {}
    for path in sorted(place.rglob("*")):
        name = str(path.relative_to(place))
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file() and os.access(path, os.R_OK):
            found[name] = path.read_bytes()
        else:
            found[name] = f"{path.lstat().st_mode:o}"
    return found


def restore(place: Path, before: dict[str, bytes | str]) -> None:
    """Undo what a command may do."""
    for name, content in contents(place).items():
        if name not in before:
            path = place / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        elif content != before[name]:
            (place / name).unlink(missing_ok=True)
            old = before[name]
            if isinstance(old, bytes):
                (place / name).write_bytes(old)
            else:  # what a link leads to, if it leads nowhere
                (place / name).symlink_to(old.removeprefix("link to "))


def test_no_command_breaks_or_writes_where_it_should_not(place: Path, tmp_path: Path) -> None:
    before = contents(place)
    wrong: list[str] = []
    chosen = calls()
    for number in range(CALLS):
        call = next(chosen)
        receiver, sender = forked.CONTEXT.Pipe(duplex=False)
        said = tmp_path / f"said-{number}"
        process = forked.start(
            forked.run_with_streams, call.words, place, call.streams, call.limits, said, sender
        )
        sender.close()
        if call.words[2:3] == ["serve"] or call.words[:1] == ["serve"]:
            process.join(1)
            process.terminate()
        process.join(PATIENCE)
        is_stuck = process.is_alive()
        process.kill()
        process.join(PATIENCE)
        trace = ""
        with receiver, suppress(EOFError):  # there is nothing to report
            trace = receiver.recv()
        codes = CODES | ({143, 130, -15} if "serve" in call.words else set())
        text = said.read_text(errors="replace") if said.exists() else ""
        after = contents(place)
        changed = {
            name.split("/")[0]
            for name in {*before, *after}
            if before.get(name) != after.get(name)
            and not any(name.startswith(each) for each in call.writes if each)
        }
        if is_stuck or trace or process.exitcode not in codes or "Traceback" in text or changed:
            what = "stuck" if is_stuck else f"{process.exitcode} {changed or ''}"
            wrong.append(f"{number}: {call}\n{what}\n{trace or text}")
        restore(place, before)
    assert not wrong, "\n\n".join([f"{len(wrong)} of {CALLS}", *wrong])
