"""Whether OCR can be used, and what is said of pages that were read by it."""

from collections.abc import Iterable
from dataclasses import replace
from importlib.util import find_spec
from shutil import which
from typing import Final

from pipeline.extract.guard import Limits

NOT_INSTALLED: Final = (
    "OCR is not installed: pip install 'trustlist[ocr]', or apt install tesseract-ocr."
)
IS_READ: Final = (
    "OCR read it, and may have missed some of it; only rows that certificates prove are taken. "
    "Look at the page; --reader ocr takes what OCR reads without asking."
)
ENGINE: Final = "rapidocr_onnxruntime"
MEMORY: Final = 1024
"""What the engine itself takes (MiB), whatever the document."""


def with_engine(limits: Limits | None) -> Limits | None:
    """Limits that leave the engine the memory it takes."""
    return replace(limits, memory=limits.memory + MEMORY) if limits else None


def is_installed() -> bool:
    """Whether an engine is there; it isn't imported."""
    return has_wheel() or tesseract() is not None


def has_wheel() -> bool:
    """Whether the engine that comes as a wheel is installed."""
    return find_spec(ENGINE) is not None


def tesseract() -> str | None:
    """Where the program Tesseract is, None if it isn't installed."""
    return which("tesseract")


def remarks(scanned: Iterable[int], layered: Iterable[int]) -> list[str]:
    """Say which pages were read by OCR, now or before they came here."""
    found = []
    if pages := sorted(scanned):
        found.append(f"{_named(pages)}: read by OCR; only rows that certificates prove are taken.")
    if pages := sorted(set(layered)):
        found.append(
            f"{_named(pages)}: what is read is the text that OCR laid over a picture of the page, "
            "and not the picture; --reader ocr reads the picture."
        )
    return found


def _named(pages: list[int]) -> str:
    """Pages, in rising order, as people name them: pages 1-3, 7."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and runs[-1][-1] == page - 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    shown = (f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
    return f"{'pages' if len(pages) > 1 else 'page'} {', '.join(shown)}"
