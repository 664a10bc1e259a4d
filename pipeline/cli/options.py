"""The options that several commands have."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipeline.report import Format


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day such as 2020-06-01.") from None


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to write it.")]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file.", show_default=False),
]
AsOfOption = Annotated[
    date | None,
    typer.Option(parser=_date, metavar="DATE", help="Judge as on this day, not today."),
]
ProductOption = Annotated[
    str | None,
    typer.Option(metavar="P", help="The phones meant, if several have this release."),
]
