"""What a person is told on standard error."""

from __future__ import annotations

import sys

from pipeline.report.safe import visible


def complain(message: str) -> None:
    """Print an error or a warning; text from documents in it is made visible."""
    for line in message.split("\n"):
        print(visible(line), file=sys.stderr)
