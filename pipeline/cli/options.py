"""The options that several commands have."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.report import Format

if TYPE_CHECKING:
    from pipeline.enrich.crtsh import Service


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
CertsOption = Annotated[
    list[Path] | None,
    typer.Option(metavar="PATH", help="Look here for certificates, too; can be repeated."),
]
OnlineOption = Annotated[
    bool, typer.Option("--online", help="Ask crt.sh for certificates that aren't found.")
]
CrtshUrlOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        envvar="TRUSTLIST_CRTSH_URL",
        help="Ask this mirror, and crt.sh's database only if --crtsh-dsn names it.",
    ),
]
CrtshDsnOption = Annotated[
    str | None,
    typer.Option(
        metavar="DSN",
        envvar="TRUSTLIST_CRTSH_DSN",
        help="libpq's words for the database to ask for many certificates; empty: none.",
    ),
]


def service(url: str | None, dsn: str | None) -> Service:
    """Say where crt.sh is. Who names a mirror may have no way to any other server.

    Raises UsageError if ``url`` is none of a web server.
    """
    from pipeline.enrich.crtsh import Service

    if url is None:
        return Service() if dsn is None else Service(dsn=dsn)
    return Service(url=url, dsn=dsn or "")
