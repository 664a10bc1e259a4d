"""Limits to what reading a document may take, kept by reading it in a process of its own.

A PDF can ask for any amount of time and memory, and can bring a reader down with it. A process of
its own can be stopped, and what it wastes is given back.
"""

import gc
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any, Final, TypeVar

from pipeline.errors import DocumentError

T = TypeVar("T")

MIB: Final = 1 << 20
_PATIENCE: Final = 5.0
"""Seconds in which a process that was told to end has ended."""

_GARBAGE: Final = (50_000, 20, 50)
"""How many new objects garbage is looked for among (see `gc.set_threshold`): a page has many, few
of which refer to each other, and looking more often takes a fifth of the time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may take before it is given up.

    ``seconds`` of time; ``memory`` in MiB, for each process and on top of the program itself (only
    Linux keeps it); ``pages`` of a PDF; ``size`` of the file in MiB.
    """

    seconds: float = 300
    memory: int = 1536
    pages: int = 5_000
    size: int = 200


LIMITS: Final = Limits()
"""For a hundred times as much as any known trust list."""


def check_size(path: Path, limits: Limits) -> None:
    """Refuse a file that is too large.

    Raises:
        DocumentError: the file is larger than the limit.
    """
    if path.is_file() and path.stat().st_size > limits.size * MIB:
        raise DocumentError(_beyond(path, f"is larger than {limits.size} MiB", "size"))


def result(work: Callable[[], T], path: Path, limits: Limits) -> T:
    """Do some work on the document at ``path`` in a process of its own, and give its result.

    Raises:
        DocumentError: as the work does, or if it goes beyond the limits or breaks down.
    """
    with apart(Once(work), path, limits) as results:
        answer: T = next(results)
    return answer


def _nothing() -> None:
    """Do nothing; unlike a lambda, it is fit for pickling."""


@contextmanager
def apart(
    work: Callable[[], Iterable[T]],
    path: Path,
    limits: Limits,
    prepare: Callable[[], object] = _nothing,
) -> Iterator[Iterator[T]]:
    """Start some work in a process of its own; gives what the work yields, as it comes.

    What it imports may be left to that process: ``prepare`` does so before memory is limited.
    Off Linux, both, and what the work yields, have to be fit for pickling.
    """
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    receiver, sender = context.Pipe(duplex=False)
    # the type of a context's processes is not in its stub
    process: BaseProcess = context.Process(  # type: ignore[attr-defined,unused-ignore]
        target=_serve, args=(sender, work, path, limits, prepare)
    )
    with warnings.catch_warnings():
        # Python 3.12 warns of threads at a fork; those we know hold no lock that reading needs
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    sender.close()
    try:
        yield _received(receiver, process, path, limits)
    finally:
        process.kill()
        process.join(_PATIENCE)
        receiver.close()


@dataclass(frozen=True, slots=True)
class Once:
    """Work that yields a single result."""

    work: Callable[[], Any]

    def __call__(self) -> Iterator[Any]:
        """Do it."""
        yield self.work()


def _received(
    receiver: Connection, process: BaseProcess, path: Path, limits: Limits
) -> Iterator[Any]:
    end = monotonic() + limits.seconds
    while True:
        if not receiver.poll(max(0.0, end - monotonic())):
            what = f"could not be read in {limits.seconds:g} seconds"
            raise DocumentError(_beyond(path, what, "seconds"))
        try:
            kind, item = receiver.recv()
        except EOFError:
            process.join(_PATIENCE)
            raise DocumentError(f"{path}: a reader of PDF broke down on it. {_AGAIN}") from None
        match kind:
            case "item":
                yield item
            case "error":
                message, *notes = item
                error = DocumentError(message)
                for note in notes:
                    error.add_note(note)
                raise error
            case _:
                return


# --- in the other process ------------------------------------------------------------------------


def _serve(
    sender: Connection,
    work: Callable[[], Iterable[Any]],
    path: Path,
    limits: Limits,
    prepare: Callable[[], object],
) -> None:
    _silence()
    prepare()
    gc.freeze()  # look for garbage only among what reading makes
    gc.set_threshold(*_GARBAGE)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limit_memory(limits.memory)
    message: tuple[str, list[str]] = ("end", [])
    try:
        for item in work():
            sender.send(("item", item))
    except DocumentError as error:
        message = ("error", [str(error), *getattr(error, "__notes__", ())])
    except MemoryError:
        message = ("error", [_beyond(path, f"needs more than {limits.memory} MiB", "memory")])
    except RecursionError:
        message = ("error", [f"{path}: this document is nested too deeply. {_AGAIN}"])
    except Exception as error:  # whatever it is, a person gets a plain line and not a traceback
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        plain = f"{path}: reading it failed ({what}). Please report this."
        message = ("error", [plain, traceback.format_exc()])
    limit_memory(None)
    sender.send(message)


def _silence() -> None:
    """Let nothing that a library prints get to a person."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)


def _end_with_parent() -> None:
    """Wait until nobody wants the result any more."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def memory_limited(mebibytes: int) -> Iterator[None]:
    """Let the block take so much more memory; on Linux, beyond it there is a MemoryError."""
    limit_memory(mebibytes)
    try:
        yield
    finally:
        limit_memory(None)


def limit_memory(mebibytes: int | None) -> None:
    """Limit the memory to what the process has and so much more, or lift the limit."""
    if sys.platform != "linux":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if mebibytes is None:
        soft = hard
    else:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        soft = pages * resource.getpagesize() + mebibytes * MIB
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


_AGAIN: Final = "Download it again."


def too_many_pages(path: Path, most: int) -> DocumentError:
    """The error for a document of more than ``most`` pages."""
    return DocumentError(_beyond(path, f"has more than {most} pages", "pages"))


def _beyond(path: Path, what: str, limit: str) -> str:
    return f"{path}: this document {what}. If that is right, raise the limit: --max-{limit}."
