"""``trustlist ingest``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.messages import QUIET, VERBOSE, complain, tell
from pipeline.cli.options import (
    AllowHttpOption,
    CertsOption,
    CrtshDsnOption,
    CrtshUrlOption,
    DocumentsAtOnceOption,
    FirmwareOfDocumentOption,
    FormatOption,
    MemoryOption,
    OnlineOption,
    OutputOption,
    PagesOption,
    PartialOption,
    PasswordFileOption,
    ProductOfDocumentOption,
    ReaderOption,
    SecondsOption,
    SizeOption,
    extractor,
    limits_of,
    service,
)
from pipeline.errors import DocumentError, SourceError, TrustlistError, UsageError

if TYPE_CHECKING:
    from pipeline.extract.guard import Limits
    from pipeline.ingest.from_web import Load
    from pipeline.ingest.read_document import Extractor
    from pipeline.ingest.steps import Ingested
    from pipeline.report import Format


def command(
    context: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help="PDF, text, CSV, HTML, certificates; a directory of PDFs; an address of the web; "
            "- for standard input.",
        ),
    ],
    firmware: FirmwareOfDocumentOption = None,
    product: ProductOfDocumentOption = None,
    certs: CertsOption = None,
    password_file: PasswordFileOption = None,
    online: OnlineOption = False,
    crtsh_url: CrtshUrlOption = None,
    crtsh_dsn: CrtshDsnOption = None,
    allow_partial: PartialOption = False,
    allow_http: AllowHttpOption = False,
    reader: ReaderOption = "both",
    workers: DocumentsAtOnceOption = 1,
    seconds: SecondsOption = None,
    memory: MemoryOption = None,
    pages: PagesOption = None,
    size: SizeOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Load documents into the database.

    A document is loaded whole or not at all; if one can't be, the others are.
    """
    from pipeline.cli.progress import progress
    from pipeline.extract import extract
    from pipeline.ingest.steps import PRODUCT, ingest, prepare

    limits = limits_of(seconds, memory, pages, size)
    sources, code = _sources(names)
    at_once = workers if len(sources) > 1 and reader != "ocr" else 1
    reads = extractor(reader, 1 if at_once > 1 else workers, seconds, memory, pages, size, prepare)
    release = _Release(context.obj, firmware, product or PRODUCT, reads_again=bool(certs or online))
    load = partial(
        ingest,
        database_url=context.obj,
        firmware=firmware,
        product=release.product,
        certs=certs or (),
        online=online,
        allow_partial=allow_partial,
        service=service(crtsh_url, crtsh_dsn) if online else None,
        limits=limits,
    )
    done: list[Ingested] = []
    with (
        progress(sources, is_shown=not context.meta[QUIET]) as bar,
        _reading(
            sources, reads, partial(extract, reader=reader, limits=None), limits, at_once, release
        ) as reading,
    ):
        for source in sources:
            load_it = partial(
                load,
                extractor=reading,
                progress=partial(bar.begin, source),
                asking=partial(bar.asking, source),
            )
            try:
                answer = _loaded(source, load_it, release, limits, allow_http)
            except TrustlistError as error:
                complain(*error.lines)
                code = code or error.exit_code
                if isinstance(error, DocumentError | SourceError):
                    continue  # the next one may be good
                break
            done.append(answer)
            _tell_how(context, source, answer)
            if answer.warnings:
                code = code or SourceError.exit_code
    if done:
        _tell_what(context, done, format_, output)
    raise typer.Exit(code)


@dataclass(frozen=True)
class _Release:
    """What the documents are lists of, and the database that they go to."""

    database: str
    firmware: str | None
    product: str
    reads_again: bool

    def is_wanted(self, path: Path) -> bool:
        """Whether a document is going to be read: it isn't loaded yet, for all that is known."""
        from pipeline.extract import sha256
        from pipeline.ingest.steps import loaded_before

        try:
            digest = sha256(path)
        except OSError:
            return False  # it is said when it is its turn
        return self.reads_again or not loaded_before(
            self.database, path.name, digest, firmware=self.firmware, product=self.product
        )


@contextmanager
def _reading(
    sources: Sequence[Path | str],
    read: Extractor,
    alone: Extractor,
    limits: Limits,
    at_once: int,
    release: _Release,
) -> Iterator[Extractor]:
    """Give what reads the documents: several side by side, if that is asked for."""
    if at_once == 1:
        yield read
        return
    from pipeline.ingest.read_ahead import ReadAhead

    paths = [each for each in sources if isinstance(each, Path)]
    with closing(ReadAhead(paths, read, alone, limits, at_once, release.is_wanted)) as ahead:
        yield ahead


def _loaded(
    source: Path | str, load: Load, release: _Release, limits: Limits, allow_http: bool
) -> Ingested:
    """Load a document, from the web if it is there."""
    from pipeline.ingest.from_web import ingest_from_web
    from pipeline.ingest.web_documents import Memory

    if isinstance(source, Path):
        return load(source)
    memory = Memory()
    answer, seen = ingest_from_web(
        source,
        release.database,
        load,
        memory,
        firmware=release.firmware,
        product=release.product,
        reads_again=release.reads_again,
        limits=limits,
        allow_http=allow_http,
    )
    with suppress(UsageError):  # what isn't remembered is downloaded again
        memory.keep(seen)
    return answer


def _tell_how(context: typer.Context, source: Path | str, answer: Ingested) -> None:
    """Say on standard error what went wrong, and how the document was read."""
    from pipeline.ingest.read_document import describe
    from pipeline.ingest.web_documents import shown

    more = answer.rearranged if context.meta[VERBOSE] else ()
    remarks = () if context.meta[QUIET] else answer.remarks
    for remark in (*answer.warnings, *remarks, *map(describe, answer.problems), *more):
        complain(f"{shown(str(source))}: {remark}")


def _tell_what(
    context: typer.Context, done: Sequence[Ingested], format_: Format, output: Path | None
) -> None:
    """Write what was loaded."""
    from pipeline.database.engine import open_for_reading
    from pipeline.questions.snapshots import nearby
    from pipeline.report.answers.ingest import report

    releases = {snapshot.firmware for each in done for snapshot in each.snapshots}
    last = done[-1].snapshots[-1].product
    loaded = nearby(open_for_reading(context.obj), last, releases)
    tell(context, report(done, loaded), format_, output)


def _sources(names: Sequence[str]) -> tuple[list[Path | str], int]:
    """Give the files, those of directories among them, and the addresses; and an exit code."""
    from pipeline.ingest.read_document import documents
    from pipeline.ingest.web_documents import is_url

    found: list[Path | str] = []
    code = 0
    for name in names:
        try:
            found += [name] if is_url(name) else documents(Path(name))
        except DocumentError as error:
            complain(*error.lines)
            code = error.exit_code
    return found, code
