"""``trustlist snapshots``."""

from __future__ import annotations

import typer

from pipeline.cli.options import FormatOption, OutputOption
from pipeline.report import write


def snapshots(
    context: typer.Context, format_: FormatOption = "table", output: OutputOption = None
) -> None:
    """List what is loaded."""
    from pipeline import query
    from pipeline.database import open_for_reading
    from pipeline.report import snapshots

    answer = query.snapshots(open_for_reading(context.obj))
    write(snapshots.report(answer), format_, output)
