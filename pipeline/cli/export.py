"""``trustlist export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, cast, get_args

import typer

from pipeline.cli.messages import complain, warn_incomplete
from pipeline.cli.options import OutputOption, ProductOption
from pipeline.errors import DocumentError, UsageError
from pipeline.report import StoreFormat

if TYPE_CHECKING:
    from pipeline.questions.export import TrustStore

_BINARY: Final = frozenset[StoreFormat]({"p7b", "parquet"})


def command(
    context: typer.Context,
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="Such as 12.7 or 12.7(1).")],
    product: ProductOption = None,
    format_: Annotated[
        StoreFormat | None,
        typer.Option("--format", "-f", help="How to write it.  [default: as FILE ends, or pem]"),
    ] = None,
    output: OutputOption = None,
) -> None:
    """Write a release's certificates, for other programs.

    Also what has expired: it is in the store. Exits with 1 if certificates of some roots are not
    known, and so not in a PEM or PKCS #7 file.
    """
    from pipeline.database.engine import open_for_reading
    from pipeline.questions.export import export
    from pipeline.report.store import OF_CERTIFICATES, write

    form = format_ or _named(output)
    if form in _BINARY and output is None and sys.stdout.isatty():
        raise UsageError(f"--format {form}: this is not for a terminal; add --output FILE.")
    engine = open_for_reading(context.obj)
    answer = export(engine, release, product=product)
    missing = answer.missing if form in OF_CERTIFICATES else []
    if missing and len(missing) == len(answer.roots):
        raise DocumentError(*_missing(answer), "Nothing was written.")
    write(answer, form, output)
    warn_incomplete(answer.gaps)
    if missing:
        complain(*_missing(answer))
        raise typer.Exit(1)


def _named(output: Path | None) -> StoreFormat:
    """Give the format that a file's name ends with, or else PEM."""
    if output and output.name.lower().endswith((".cdx.json", "bom.json")):
        return "cyclonedx"  # as its specification names files
    ending = output.suffix[1:].lower() if output else ""
    return cast(StoreFormat, ending) if ending in get_args(StoreFormat) else "pem"


def _missing(store: TrustStore) -> list[str]:
    """Name the roots that can't be written; what is known of them may be hostile."""
    roots = store.missing
    head = (
        f"{store.snapshot.firmware}: the certificates of {len(roots)} of {len(store.roots)} roots "
        "are not known, so these are left out; `trustlist enrich --online` looks for them:"
    )
    return [head, *(f"{root.fingerprint}  {root.subject}" for root in roots)]
