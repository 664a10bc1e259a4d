"""``trustlist serve``."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.messages import complain
from pipeline.report import put


def command(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Who can see it: 127.0.0.1 is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="0 takes any that is free.")
    ] = 8080,
) -> None:
    """Show what is loaded in a browser; Ctrl-C ends it. Nothing can be changed there."""
    from pipeline.database.engine import open_for_reading
    from pipeline.site.server import Server

    open_for_reading(context.obj)
    with Server(context.obj, host, port) as server:
        put(f"{server.url} shows what is loaded; Ctrl-C ends it.\n")
        if not server.is_local:
            complain("Others on the network can see it, too.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            put("\n")
