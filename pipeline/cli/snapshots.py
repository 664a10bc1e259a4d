"""``trustlist snapshots``."""

from __future__ import annotations

import typer

from pipeline.cli.options import FormatOption, OutputOption
from pipeline.report import write


def snapshots(
    context: typer.Context, format_: FormatOption = "table", output: OutputOption = None
) -> None:
    """List what is loaded."""
    from pipeline.database.engine import open_for_reading
    from pipeline.questions import trust_list
    from pipeline.report.answers import snapshots

    answer = trust_list.snapshots(open_for_reading(context.obj))
    write(snapshots.report(answer), format_, output)
