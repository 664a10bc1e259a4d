"""The command as a person runs it, for the tests that do."""

from __future__ import annotations

import csv
import json
import signal
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

from samples import truth

SAMPLES: Final = sorted(Path(__file__).resolve().parent.parent.joinpath("samples").glob("*.pdf"))


@dataclass(frozen=True)
class Result:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output, of a command that did what it was asked for."""
        assert self.code == 0, self.err
        return json.loads(self.out)


Run = Callable[..., Result]

PATIENCE: Final = 60
"""Seconds that a test waits for a process at most."""


def take_interrupts() -> None:
    """Let a child process (as its ``preexec_fn``) end by Ctrl-C or SIGHUP, also if the tests don't.

    A shell starts what runs in the background with SIGINT ignored, `nohup` with SIGHUP ignored, and
    children inherit that.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def truth_of(sample: Path) -> list[dict[str, str]]:
    """Read what the generator of a sample says is in it."""
    with sample.with_suffix(".truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fingerprints_of(sample: Path) -> list[str]:
    """Give the fingerprints in a sample, in its order."""
    return [row["fingerprint"] for row in truth_of(sample)]


def certificate_of(fingerprint: str) -> x509.Certificate:
    """Give the certificate itself."""
    with warnings.catch_warnings():
        # some old roots have a serial number that isn't positive
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return truth.certificate(fingerprint)
