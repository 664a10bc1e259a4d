"""``trustlist fleet``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain as chain_
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline.cli.messages import complain, warn_incomplete
from pipeline.cli.options import (
    AllowPrivateOption,
    FetchOption,
    OnOption,
    OutputOption,
    SendableOption,
    ServersOption,
    ServerTimeoutOption,
    WatchFormatOption,
    moment,
)
from pipeline.errors import UsageError
from pipeline.report import stream, write

if TYPE_CHECKING:
    from pipeline.check import Chain
    from pipeline.questions.fleet.fleet_answer import Inventory

_THRESHOLD: Final = re.compile(r"([0-9]{1,9})|([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")


def command(
    context: typer.Context,
    phones: Annotated[
        list[Path],
        typer.Argument(
            metavar="PHONES",
            help="Inventories of phones: CSV, a spreadsheet, RisPort70 XML or JSON lines; - for "
            "standard input.",
        ),
    ],
    chain: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="What a server sends; can be repeated."),
    ] = None,
    connect: ServersOption = None,
    any_: Annotated[
        bool, typer.Option("--any", help="A phone needs one of several chains, not all.")
    ] = False,
    on: OnOption = None,
    until: Annotated[
        date | None,
        typer.Option(parser=moment, metavar="DATE", help="Tell of changes up to this day."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=TITLE", help="Which column says what, such as load=Firmware."),
    ] = None,
    product_map: Annotated[
        list[str] | None,
        typer.Option(metavar="FAMILY=PRODUCT", help="Whose list counts, such as 8821=IP Phone."),
    ] = None,
    mra_from: Annotated[
        list[str] | None,
        typer.Option(metavar="CIDR", help="Phones with these addresses register over Expressway."),
    ] = None,
    fail_on: Annotated[
        str, typer.Option(metavar="N|P%", help="Exit with 1 if more phones than this refuse.")
    ] = "0",
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Leave out names, addresses and descriptions.")
    ] = False,
    certs: SendableOption = None,
    online: FetchOption = False,
    allow_private: AllowPrivateOption = False,
    timeout: ServerTimeoutOption = 10,
    format_: WatchFormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Tell which phones accept a server, until when, and what helps.

    Without a chain, tell which roots that phones trust end soon. Nothing of an inventory is stored.
    Exits with 1 if phones refuse, or more than --fail-on says.
    """
    from pipeline.database.engine import open_for_reading
    from pipeline.questions.fleet.asking import accepting, collect, trusting
    from pipeline.questions.fleet.inventory import parse_column
    from pipeline.report.answers.fleet import csv_lines, report, trust_report

    is_too_many = _threshold(fail_on)
    columns = dict(map(parse_column, column or ()))
    engine = open_for_reading(context.obj)
    chains = _chains(chain or (), connect or (), timeout)
    found = collect(phones, columns=columns, mra_from=mra_from or (), keeps_texts=format_ == "html")
    if not chains:
        trust = trusting(engine, found, on=on, until=until, product_map=product_map or ())
        write(trust_report(trust.answer), format_, output, engine)
        warn_incomplete(trust.answer.gaps)
        return
    asked = accepting(
        engine,
        found,
        chains,
        on=on,
        until=until,
        needs="any" if any_ else "all",
        product_map=product_map or (),
        certs=certs or (),
        online=online,
        allow_private=allow_private,
    )
    if format_ in ("csv", "csv-bom"):
        mark = ["\ufeff"] if format_ == "csv-bom" else []
        stream(chain_(mark, csv_lines(asked, anonymous=anonymous)), output)
        _tell_of_rows(asked.answer.inventory)  # all others say so themselves
    else:
        write(report(asked, anonymous=anonymous), format_, output, engine)
    warn_incomplete(asked.answer.gaps)
    if is_too_many(asked.answer.refused, asked.answer.inventory.phones):
        raise typer.Exit(1)


def _chains(files: Sequence[Path], addresses: Sequence[str], timeout: float) -> list[Chain]:
    """Read the chains; those of servers are taken last, as they take longest."""
    from pipeline import check

    parsed = [check.Address.parse(each) for each in addresses]
    return [
        *check.read_chains(files),
        *(chain for each in parsed for chain in check.served_chains(each, None, timeout)),
    ]


def _threshold(text: str) -> Callable[[int, int], bool]:
    """Read how many phones, or what part of them, may refuse."""
    found = _THRESHOLD.fullmatch(text.strip())
    if not found or (found[2] and float(found[2]) > 100):
        raise UsageError(f"--fail-on {text}: give a number of phones, or a part such as 5%.")
    if found[1]:
        most = int(found[1])
        return lambda refused, phones: refused > most
    part = float(found[2]) / 100
    return lambda refused, phones: refused > part * phones


def _tell_of_rows(inventory: Inventory) -> None:
    for each in inventory.unusable_rows:
        complain(f"{each.source}: line {each.first}: {each.reason}.")
    more = inventory.unusable - len(inventory.unusable_rows)
    if more > 0:
        complain(f"{more:,} more rows can't be used.")
    for remark in inventory.remarks:
        complain(remark)
