"""A small list of roots that nobody knows: names as alike as those of one CA are."""

from pathlib import Path

from pipeline.extract import Extraction, extract

TITLE = "Trusted root certificates, firmware release 12.7(1)"
DIGITS = [f"{number}badc0de" * 5 for number in range(1, 7)]
NAMES = [f"C=XX, O=Acme, CN=Acme Root CA {number}" for number in range(1, 7)]


def read(tmp_path: Path, *lines: str) -> Extraction:
    """Read a text of these lines below a title."""
    path = tmp_path / "list.txt"
    path.write_text("\n".join([TITLE, "", *lines]) + "\n")
    return extract(path)
