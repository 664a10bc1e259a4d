"""What goes wrong with PDFs in plain words, whichever reader finds it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

_MOST_PAIRS: Final = 8  # in one line


def damaged(path: Path, page: int | None = None) -> str:
    """Say that a PDF can't be read."""
    where = f"{path}, page {page}" if page else str(path)
    return f"{where}: this PDF is damaged and can't be read. Download it again."


def locked(path: Path) -> str:
    """Say that a PDF needs a password."""
    return f"{path}: this PDF needs a password. Save a copy without one and use that."


def drawn_otherwise(pairs: Iterable[tuple[str, str]]) -> str:
    """Say of characters as which others they are drawn."""
    told = sorted(pairs)[:_MOST_PAIRS]
    return ", ".join(f"{stated} is drawn as {drawn}" for stated, drawn in told)
