"""``trustlist check``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.messages import complain, warn_incomplete
from pipeline.cli.options import OutputOption, PasswordFileOption, WatchFormatOption, moment
from pipeline.errors import UsageError
from pipeline.report import write

if TYPE_CHECKING:
    from pipeline.check import Chain


def command(
    context: typer.Context,
    chains: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="CHAIN.pem",
            help="What the server sends, its own certificate first: PEM, DER, PKCS #7, PKCS #12, "
            "a directory of such files, or - for standard input.",
            show_default=False,
        ),
    ] = None,
    connect: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Take the chain from this live server."),
    ] = None,
    server_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What to ask that server for.  [HOST]")
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How long that server may take.")
    ] = 10,
    firmware: Annotated[
        list[str] | None,
        typer.Option(metavar="V|all", help="A release, such as 12.7; can be repeated.  [all]"),
    ] = None,
    product: Annotated[
        str | None, typer.Option(metavar="P", help="Only these phones, if several are loaded.")
    ] = None,
    on: Annotated[
        date | None,
        typer.Option(parser=moment, metavar="DATE", help="A day or a time (UTC).  [now]"),
    ] = None,
    hostname: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The certificate has to be for this name or address."),
    ] = None,
    certs: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="What the server could send, too; can be repeated."),
    ] = None,
    password_file: PasswordFileOption = None,
    online: Annotated[
        bool,
        typer.Option("--online", help="Fetch a missing issuer from where the certificate says."),
    ] = False,
    allow_private: Annotated[
        bool,
        typer.Option(
            "--allow-private", help="Let --online go to addresses that aren't public, too."
        ),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Remarks count, too, such as no clientAuth.")
    ] = False,
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Show when each release accepts the chain.")
    ] = False,
    format_: WatchFormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Tell whether phones accept a server's chain, or what helps.

    Exits with 1 unless every release asked for accepts it.
    """
    from pipeline.check import Address, check_all, expected_name, read_chains, served_chain
    from pipeline.database.engine import open_for_reading
    from pipeline.questions.release_names import release_or_stand_in
    from pipeline.report.answers.check import report, report_all

    if bool(chains) == bool(connect):
        raise UsageError("Give either a file with the chain, or --connect HOST:PORT.")
    if server_name and not connect:
        raise UsageError("--server-name: to which server? Add --connect HOST:PORT.")
    engine = open_for_reading(context.obj)
    named: list[str] = []
    for text in () if "all" in (firmware or ()) else firmware or ():
        snapshot, remark = release_or_stand_in(engine, text, product)
        named.append(snapshot.id.name)
        if remark:
            complain(remark)
    found: list[Chain] = []
    if connect:
        address = Address.parse(connect)
        found.append(served_chain(address, server_name, timeout))
        if hostname is None:
            hostname = expected_name(server_name or address.host)
    else:
        found += read_chains(chains or [])
    answer = check_all(
        engine,
        found,
        firmware=named,
        product=product,
        on=on,
        name=hostname,
        certs=certs or (),
        online=online,
        strict=strict,
        allow_private=allow_private,
    )
    is_one = connect or (len(chains or ()) == 1 and not (chains or [])[0].is_dir())
    if is_one:
        write(report(answer.checks[0], timeline=timeline), format_, output)
    else:
        write(report_all(answer, timeline=timeline), format_, output)
    warn_incomplete(answer.gaps)
    if not all(each.is_accepted for each in answer.checks):
        raise typer.Exit(1)
