"""Reading documents side by side, ahead of the one that is loaded: they are loaded in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.errors import DocumentError
from pipeline.extract import guard, sha256
from pipeline.extract.document import Extraction
from pipeline.extract.guard import Limits
from pipeline.ingest.read_document import Extractor
from pipeline.inputs import MIB


@dataclass(frozen=True)
class _Begun:
    path: Path
    stack: ExitStack
    result: Iterator[Extraction]


class ReadAhead:
    """An `Extractor` that begins to read the documents next in line, before they are asked for.

    Each is read ``alone`` in a process of its own, within ``limits``, as many ``at_once``: that
    takes less work in all than several processes for one document. Whatever comes of it but a good
    reading, ``read`` has the last word, as without all this. Documents that aren't ``needed`` when
    it is their turn to begin (they are loaded already) are left out. To be closed.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        read: Extractor,
        alone: Extractor,
        limits: Limits,
        at_once: int,
        needed: Callable[[Path], bool],
    ) -> None:
        self._waiting = deque(filter(os.path.isfile, paths))
        self._read = read
        self._alone = alone
        self._limits = limits
        self._at_once = at_once
        self._needed = needed
        self._begun: deque[_Begun] = deque()
        _import_once()

    def __call__(self, path: Path) -> Extraction:
        """Give what is read of a document.

        Raises DocumentError as ``read`` does.
        """
        self._begin()
        if path not in (each.path for each in self._begun):
            return self._read(path)
        while self._begun[0].path != path:
            self._end()  # nobody asked for it: it was loaded by somebody else meanwhile
        try:
            found = next(self._begun[0].result)
        except DocumentError:
            return self._read(path)
        finally:
            self._end()
        self._begin()
        is_good = found.document.pages <= self._limits.pages
        is_same = found.document.sha256 == sha256(path)
        return found if is_good and is_same else self._read(path)

    def close(self) -> None:
        """Read no more."""
        self._waiting.clear()
        while self._begun:
            self._end()

    def _begin(self) -> None:
        while self._waiting and len(self._begun) < self._at_once:
            path = self._waiting.popleft()
            if not (self._is_fit(path) and self._needed(path)):
                continue
            stack = ExitStack()
            work = guard.Once(partial(self._alone, path))
            result = stack.enter_context(guard.apart(work, path, self._limits))
            self._begun.append(_Begun(path, stack, result))

    def _is_fit(self, path: Path) -> bool:
        try:
            return path.stat().st_size <= self._limits.size * MIB
        except OSError:
            return False  # it is said when it is its turn

    def _end(self) -> None:
        self._begun.popleft().stack.close()


def _import_once() -> None:
    """Import what reads and loads, for all processes that are forked from here."""
    from pipeline import catalogue
    from pipeline.extract.formats.pdf import whole  # noqa: F401
    from pipeline.extract.formats.pdf.readers import reader_of

    reader_of("pdfplumber")
    reader_of("pdfium")
    catalogue.subjects()
