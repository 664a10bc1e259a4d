"""``trustlist snapshots``."""

from __future__ import annotations

import typer

from pipeline.cli.options import FormatOption, OutputOption
from pipeline.report import write


def command(
    context: typer.Context, format_: FormatOption = "table", output: OutputOption = None
) -> None:
    """List what is loaded."""
    from pipeline.database.engine import open_for_reading
    from pipeline.questions.snapshots import snapshots
    from pipeline.report.answers.snapshots import report

    engine = open_for_reading(context.obj)
    answer = snapshots(engine)
    write(report(answer), format_, output, engine)
