"""What Java's keytool prints, in the languages it speaks."""

from __future__ import annotations

import subprocess
import tempfile
from functools import partial
from pathlib import Path

from tests.corpus.model import Producer, Row, program, rows, take, unlisted_roots

PROGRAM = program("keytool")

_said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
PRODUCER = Producer(f"keytool of Java {_said.split(chr(34))[1]}")


def _run(language: str, *options: str) -> str:
    tongue, _, country = language.partition("_")
    command = [
        PROGRAM, "-J-Dfile.encoding=UTF-8", "-J-Dstdout.encoding=UTF-8", "-J-Duser.timezone=UTC",
        f"-J-Duser.language={tongue}", f"-J-Duser.country={country}", *options,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.decode()


def _roots(skip: int) -> list[Row]:
    known, unknown = take(4, skip, "utf-8"), unlisted_roots()[skip % 5 : skip % 5 + 6]
    return rows([*unknown, *known], None, prints_sha256=True)


def _printed(path: Path, skip: int, language: str) -> list[Row]:
    """Write what `keytool -printcert` says, one certificate after the other."""
    found, parts = _roots(skip), []
    for row in found:
        row.page = 1
        with tempfile.NamedTemporaryFile(suffix=".cer") as file:
            Path(file.name).write_bytes(row.der)
            parts.append(_run(language, "-printcert", "-file", file.name))
    path.write_text("".join(parts), encoding="utf-8")
    return found


def _listed(path: Path, skip: int, language: str) -> list[Row]:
    """Write what `keytool -list -v` says of a store; its order is that of the aliases."""
    found = _roots(skip)
    with tempfile.TemporaryDirectory() as folder:
        store = ("-keystore", f"{folder}/roots.jks", "-storetype", "JKS", "-storepass", "changeit")
        for number, row in enumerate(found):
            row.page = 1
            file = Path(folder) / "root.cer"
            file.write_bytes(row.der)
            name = f"root {chr(ord('a') + number)}"
            _run("en", "-importcert", "-noprompt", "-alias", name, "-file", str(file), *store)
        text = _run(language, "-list", "-v", *store)
    path.write_text(text, encoding="utf-8")
    return sorted(found, key=lambda row: text.index(_colons(row)))


def _colons(row: Row) -> str:
    digits = row.fingerprint.upper()
    return ":".join(digits[i : i + 2] for i in range(0, 40, 2))


_FORMS = {
    "keytool-printcert.txt": (_printed, 3, "en"),
    "keytool-printcert-de.txt": (_printed, 24, "de"),
    "keytool-printcert-ja.txt": (_printed, 37, "ja"),
    "keytool-printcert-zh.txt": (_printed, 58, "zh_CN"),
    "keytool-list-v.txt": (_listed, 76, "en"),
    "keytool-list-v-de.txt": (_listed, 99, "de"),
    "keytool-list-v-ja.txt": (_listed, 101, "ja"),
}
for _name, (_form, _skip, _language) in _FORMS.items():
    _option = "-printcert" if _form is _printed else "-list -v"
    PRODUCER.document(
        _name,
        f"`keytool {_option}` in the language `{_language}`: labels, key identifiers as hex dumps",
        "most of the roots are in no catalogue",
    )(partial(_form, skip=_skip, language=_language))
