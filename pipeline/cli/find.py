"""``trustlist find``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from pipeline.cli.messages import warn_incomplete
from pipeline.cli.options import AsOfOption, FormatOption, OutputOption, named_releases
from pipeline.errors import UsageError
from pipeline.report import write


def command(
    context: typer.Context,
    text: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TEXT",
            help="Part of a name, or the first 4 or more digits of a fingerprint.",
            show_default=False,
        ),
    ] = None,
    ca: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="A CA: may a server's certificate come from it, for all releases?"
        ),
    ] = None,
    firmware: Annotated[
        list[str] | None,
        typer.Option(metavar="V|all", help="With --ca: a release; can be repeated.  [all]"),
    ] = None,
    product: Annotated[
        str | None, typer.Option(metavar="P", help="With --ca: only these phones.")
    ] = None,
    as_of: AsOfOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Show since when and until when a root is trusted, and by whom.

    Several are found at once if they are quoted: "ISRG Root X1" "GTS Root R1".

    Exits with 1 if no root is found, or if not all releases trust the CA.
    """
    from pipeline.database.engine import open_for_reading

    if (ca is None) == (not text):
        raise UsageError("Give either a TEXT to find, or --ca NAME.")
    if text and (firmware or product):
        raise UsageError("--firmware and --product go with --ca NAME; a TEXT is found in all.")
    engine = open_for_reading(context.obj)
    if ca is None:
        from pipeline.questions.find import find
        from pipeline.report.answers.find import report

        answer = find(engine, _joined(text or ()), as_of=as_of)
        warn_incomplete(answer.gaps)
        write(report(answer), format_, output, engine)
        is_found = bool(answer.roots) and not answer.not_found
    else:
        from pipeline.questions.ca_offers import ca_offers
        from pipeline.report.answers import offered_cas

        named = named_releases(engine, firmware or (), product)
        offers = ca_offers(engine, ca, firmware=named, product=product, as_of=as_of)
        warn_incomplete(offers.gaps)
        write(offered_cas.report(offers), format_, output, engine)
        is_found = offers.is_yes
    if not is_found:
        raise typer.Exit(1)


def _joined(words: Sequence[str]) -> str:
    """Make several texts of words if any is quoted (has a space), else one."""
    is_quoted = any(" " in each.strip() for each in words)
    return ("; " if is_quoted else " ").join(words)
