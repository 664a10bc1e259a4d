"""``trustlist check``."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline.cli.messages import complain, warn_incomplete
from pipeline.cli.options import (
    AllowPrivateOption,
    CheckFormatOption,
    CrtshDsnOption,
    CrtshUrlOption,
    FetchOption,
    FirmwareOption,
    OnOption,
    OutputOption,
    PasswordFileOption,
    SendableOption,
    ServersOption,
    ServerTimeoutOption,
    named_releases,
    service,
)
from pipeline.errors import SourceError, UsageError
from pipeline.inputs import is_directory
from pipeline.report import write

if TYPE_CHECKING:
    from pipeline.check import Chain

_GARBAGE: Final = 100_000
"""How many new objects garbage is looked for among (see `gc.set_threshold`)."""
_AT_A_TIME: Final = 16
"""So many servers are asked at once."""


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
    connect: ServersOption = None,
    hosts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Do so for each line of a file; # begins a comment."),
    ] = None,
    server_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What to ask that server for.  [HOST]")
    ] = None,
    timeout: ServerTimeoutOption = 10,
    firmware: FirmwareOption = None,
    product: Annotated[
        str | None, typer.Option(metavar="P", help="Only these phones, if several are loaded.")
    ] = None,
    on: OnOption = None,
    hostname: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The certificate has to be for this name or address."),
    ] = None,
    certs: SendableOption = None,
    password_file: PasswordFileOption = None,
    online: FetchOption = False,
    allow_private: AllowPrivateOption = False,
    crtsh_url: CrtshUrlOption = None,
    crtsh_dsn: CrtshDsnOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Remarks count, too, such as no clientAuth.")
    ] = False,
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Show when each release accepts the chain.")
    ] = False,
    short: Annotated[
        bool, typer.Option("--short", help="Only the verdicts, a line each, in a table's place.")
    ] = False,
    format_: CheckFormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Tell whether phones accept a server's chain, or what helps.

    Exits with 1 unless every release asked for accepts it.
    """
    from pipeline.check import check_all, read_chains
    from pipeline.database.engine import open_for_reading
    from pipeline.report.answers.check import only_verdicts, report, report_all

    gc.set_threshold(_GARBAGE)  # there is next to none: an answer lasts until it is written
    addresses = [*(connect or ()), *(_lines(hosts) if hosts else ())]
    if bool(chains) == bool(addresses):
        raise UsageError("Give either a file with the chain, or --connect HOST:PORT.")
    if server_name and len(addresses) != 1:
        raise UsageError("--server-name: to which server? Add one --connect HOST:PORT.")
    mirror = service(crtsh_url, crtsh_dsn) if online else None
    engine = open_for_reading(context.obj)
    named = named_releases(engine, firmware or (), product)
    failures: list[SourceError] = []
    if addresses:
        found = _served(addresses, server_name, timeout, failures)
        if not found:
            raise failures[0] if len(failures) == 1 else SourceError(*map(str, failures))
    else:
        found = list(read_chains(chains or []))
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
        service=mirror,
    )
    is_one = len(addresses) == len(found) == 1 or (
        not addresses and len(chains or ()) == 1 and not is_directory((chains or [])[0])
    )
    found_out = (
        report(answer.checks[0], timeline=timeline)
        if is_one
        else report_all(answer, timeline=timeline)
    )
    write(only_verdicts(found_out) if short else found_out, format_, output, engine)
    warn_incomplete(answer.gaps)
    complain(*map(str, failures))
    if failures:
        raise typer.Exit(SourceError.exit_code)
    if not all(each.is_accepted for each in answer.checks):
        raise typer.Exit(1)


def _lines(path: Path) -> list[str]:
    """Give the addresses of a file, one a line."""
    from pipeline import inputs

    try:
        lines = inputs.read(path, inputs.MIB).decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise UsageError(f"--hosts {path}: {inputs.unreadable(error)}.") from error
    found = [address for line in lines if (address := line.partition("#")[0].strip())]
    if not found:
        raise UsageError(f"--hosts {path}: there is no address in it; give one a line.")
    return found


def _served(
    addresses: Sequence[str],
    server_name: str | None,
    timeout: float,
    failures: list[SourceError],
) -> list[Chain]:
    """Take the chains of live servers, several at a time; collect what fails."""
    from concurrent.futures import ThreadPoolExecutor

    from pipeline.check import Address, served_chains

    parsed = list(dict.fromkeys(map(Address.parse, addresses)))
    found: list[Chain] = []
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        work = [pool.submit(served_chains, each, server_name, timeout) for each in parsed]
        for future in work:
            try:
                found += future.result()
            except SourceError as error:
                failures.append(error)
    return found
