"""Make the corpus: `python -m tests.corpus.make [NAME...]`, from the top of the repository.

Without names it makes every document whose producer is installed, and says which are not.
`requirements.txt` has the producers that pip offers, README.md the Debian packages of the others.
It also writes the table of README.md anew.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator

from tests.corpus import producers
from tests.corpus.model import FOLDER, Producer

MARK = "<!-- from here on written by make.py -->"


def available() -> Iterator[Producer]:
    """Yield the producers that are installed; name the others on stderr."""
    for module in pkgutil.iter_modules(producers.__path__, f"{producers.__name__}."):
        try:
            yield importlib.import_module(module.name).PRODUCER
        except (ImportError, FileNotFoundError) as error:
            print(f"left out: {module.name}: {error}", file=sys.stderr)


def table() -> str:
    """Return the table of all documents, from their truths."""
    lines = ["| document | producer | entries, problems | what it stresses |", "|---|---|---|---|"]
    for path in sorted(FOLDER.glob("*.truth.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        counts = f"{len(said['entries'])}, {len(said['problems'])}"
        stresses = "; ".join(said["stresses"]).replace("|", "\\|")
        lines.append(f"| `{said['document']}` | {said['producer']} | {counts} | {stresses} |")
    return "\n".join(lines) + "\n"


def main(names: list[str]) -> None:
    """Make the documents whose names begin with one of the given; all if none are given."""
    for producer in available():
        for document in producer.documents:
            if not names or document.name.startswith(tuple(names)):
                producer.write(document)
                print(document.name)
    readme = FOLDER / "README.md"
    above = readme.read_text(encoding="utf-8").partition(MARK)[0]
    readme.write_text(f"{above}{MARK}\n\n{table()}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
