"""The questions and steps as a notebook asks them; what a call needs is imported when it is made.

Each function does what the one of the pipeline does that it calls, whose documentation it has by
``See``; what may be given in other forms is read by `trustlist.arguments`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from pipeline.errors import UsageError
from trustlist import arguments

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from sqlalchemy import Engine

    from pipeline.check import Chain, Check
    from pipeline.database.sql import QueryResult
    from pipeline.enrich import Enriched, Source
    from pipeline.extract.document import Document, Extraction, Problem, Row
    from pipeline.ingest.read_document import ExtractedDocument
    from pipeline.ingest.steps import Ingested
    from pipeline.load import Loaded
    from pipeline.questions.diff import Diff
    from pipeline.questions.expiring import Expiring
    from pipeline.questions.export import TrustStore
    from pipeline.questions.find import Found
    from pipeline.questions.fleet.inventory import Field
    from pipeline.questions.show import TrustList
    from pipeline.questions.snapshots import SnapshotInfo
    from pipeline.questions.trust_list import Status
    from trustlist.arguments import Day, PathLike, Release


# --- questions -------------------------------------------------------------------------------


def open_database(database: Engine | PathLike) -> Engine:
    """Open a database to ask it. See `pipeline.database.engine.open_for_reading`.

    Raises:
        DatabaseError: it isn't there, or can't be used.
    """
    return arguments.engine(database)


def list_snapshots(
    database: Engine | PathLike, *, product: str | None = None, document_sha256: str | None = None
) -> list[SnapshotInfo]:
    """List what is loaded. See `pipeline.questions.snapshots.snapshots`."""
    from pipeline.questions.snapshots import snapshots

    engine = arguments.engine(database)
    return snapshots(engine, product=product, document_sha256=document_sha256)


def show_release(
    database: Engine | PathLike,
    release: Release,
    *,
    product: str | None = None,
    status: Status | None = None,
    as_of: Day | None = None,
) -> TrustList:
    """Give what a release trusts. See `pipeline.questions.show.show`.

    Raises:
        UsageError: ``release`` names none that is loaded, or several.
    """
    from pipeline.questions.show import show

    return show(
        arguments.engine(database),
        arguments.release("release", release),
        product=product,
        status=status,
        as_of=arguments.day("as_of", as_of),
    )


def compare_releases(
    database: Engine | PathLike,
    old: Release,
    new: Release,
    *,
    product: str | None = None,
    as_of: Day | None = None,
) -> Diff:
    """Say what changed between two releases, and why. See `pipeline.questions.diff.diff`.

    Raises:
        UsageError: ``old`` or ``new`` names no release that is loaded, or several.
    """
    from pipeline.questions.diff import diff

    return diff(
        arguments.engine(database),
        arguments.release("old", old),
        arguments.release("new", new),
        product=product,
        as_of=arguments.day("as_of", as_of),
    )


def find(database: Engine | PathLike, text: str, *, as_of: Day | None = None) -> Found:
    """Find roots by a part of their name or fingerprint. See `pipeline.questions.find.find`.

    Raises:
        UsageError: ``text`` is empty.
    """
    from pipeline.questions.find import find

    if not isinstance(text, str):
        raise UsageError(f"text: {text!r} is no text; give part of a subject or fingerprint.")
    return find(arguments.engine(database), text, as_of=arguments.day("as_of", as_of))


def fleet(
    database: Engine | PathLike,
    phones: PathLike | pd.DataFrame | Sequence[PathLike | pd.DataFrame],
    chains: Chain | PathLike | Sequence[Chain | PathLike],
    *,
    on: Day | None = None,
    until: Day | None = None,
    needs: Literal["all", "any"] = "all",
    columns: Mapping[Field, str] | None = None,
    product_map: Mapping[str, str] | None = None,
    mra_from: Sequence[str] = (),
) -> pd.DataFrame:
    """Say of each phone whether it accepts the chains (all, or any), until when, and what helps.

    ``phones`` is an inventory: the path of one, a data frame, or several. The frame has a row a
    phone; its ``attrs["answer"]`` is the whole answer, a `FleetAnswer` with the fixes, the best
    first. ``columns`` names the columns of an inventory where their titles aren't the usual
    (``{"load": "Firmware"}``), ``product_map`` whose list a family of phones has. See
    `pipeline.questions.fleet.asking.accepting`.

    Raises:
        DocumentError: an inventory or chain can't be read.
        UsageError: an argument is none of what it has to be.
    """
    import pandas as pd

    from pipeline.questions.fleet.asking import accepting, as_frame, collect

    asked = accepting(
        arguments.engine(database),
        collect(
            [
                each if isinstance(each, pd.DataFrame) else arguments.path("phones", each)
                for each in arguments.several(phones)
            ],
            columns=columns,
            mra_from=mra_from,
        ),
        [arguments.chain(each) for each in arguments.several(chains)],
        on=arguments.day("on", on),
        until=arguments.day("until", until),
        needs=needs,
        product_map=[f"{family}={product}" for family, product in (product_map or {}).items()],
    )
    return as_frame(asked)


def expiring(
    database: Engine | PathLike,
    release: Release | None = None,
    *,
    within: str = "90d",
    product: str | None = None,
    as_of: Day | None = None,
) -> Expiring:
    """Say what expires soon, in one release or all. See `pipeline.questions.expiring.expiring`.

    Raises:
        UsageError: ``within`` is no time; ``release`` names none that is loaded, or several.
    """
    from pipeline.questions.expiring import expiring

    return expiring(
        arguments.engine(database),
        None if release is None else arguments.release("release", release),
        within=within,
        product=product,
        as_of=arguments.day("as_of", as_of),
    )


def export(
    database: Engine | PathLike, release: Release, *, product: str | None = None
) -> TrustStore:
    """Give a release's certificates. See `pipeline.questions.export.export`.

    Raises:
        UsageError: ``release`` names none that is loaded, or several.
    """
    from pipeline.questions.export import export

    engine = arguments.engine(database)
    return export(engine, arguments.release("release", release), product=product)


@overload
def run_query(
    database: Engine | PathLike,
    sql: str,
    parameters: Mapping[str, str | int] | None = None,
    *,
    limit: int | None = None,
    timeout: float = 30,
    as_frame: Literal[False] = False,
) -> QueryResult: ...


@overload
def run_query(
    database: Engine | PathLike,
    sql: str,
    parameters: Mapping[str, str | int] | None = None,
    *,
    limit: int | None = None,
    timeout: float = 30,
    as_frame: Literal[True],
) -> pd.DataFrame: ...


def run_query(
    database: Engine | PathLike,
    sql: str,
    parameters: Mapping[str, str | int] | None = None,
    *,
    limit: int | None = None,
    timeout: float = 30,
    as_frame: bool = False,
) -> QueryResult | pd.DataFrame:
    """Put SQL to the database, which can only read. See `pipeline.database.sql.run`.

    With ``as_frame``, the rows come as a data frame; ``timeout`` is in seconds.

    Raises:
        UsageError: the database doesn't take the SQL, or took too long.
    """
    from pipeline.database.sql import run

    result = run(arguments.engine(database), sql, parameters, limit=limit, timeout=timeout)
    if not as_frame:
        return result
    import pandas as pd

    return pd.DataFrame(result.rows, columns=result.columns)


def read_chain(path: PathLike) -> Chain:
    """Read what a server sends from a file. See `pipeline.check.read_chain`.

    Raises:
        DocumentError: the file can't be read as a chain.
    """
    from pipeline.check import read_chain

    return read_chain(arguments.path("path", path))


def check_chain(
    database: Engine | PathLike,
    chain: Chain | PathLike,
    *,
    firmware: Release | Sequence[Release] = (),
    product: str | None = None,
    on: Day | None = None,
    name: str | None = None,
    certs: PathLike | Sequence[PathLike] = (),
    online: bool = False,
) -> Check:
    """Say which releases accept a chain, and what helps. See `pipeline.check.check`.

    Raises:
        UsageError: ``firmware`` names no release that is loaded, or several.
        DocumentError: ``chain`` is a file that can't be read as one.
    """
    from pipeline.check import check

    return check(
        arguments.engine(database),
        arguments.chain(chain),
        firmware=arguments.releases("firmware", firmware),
        product=product,
        on=arguments.day("on", on),
        name=name,
        certs=arguments.paths("certs", certs),
        online=online,
    )


# --- steps -----------------------------------------------------------------------------------


def read_document(path: PathLike, *, allow_http: bool = False) -> ExtractedDocument:
    """Read a document without loading it. See `pipeline.ingest.read_document.read`.

    ``path`` is that of a file, or an address of the web: ``https://``, or ``http://`` if that is
    allowed.

    Raises:
        DocumentError: the document can't be used; SourceError: it can't be downloaded.
    """
    from pipeline.ingest.read_document import read

    with _file(path, allow_http) as file:
        return read(file)


def ingest_document(
    path: PathLike,
    database: PathLike,
    *,
    firmware: Release | None = None,
    product: str | None = None,
    certs: PathLike | Sequence[PathLike] = (),
    online: bool = False,
    allow_partial: bool = False,
    allow_http: bool = False,
) -> Ingested:
    """Load a document: all of it, or nothing. See `pipeline.ingest.steps.ingest`.

    ``path`` is that of a file, or an address of the web, as in `read_document`. ``database`` is
    made if it isn't there.

    Raises:
        UsageError: ``firmware`` is no release or not the document's, ``certs`` holds nothing.
        DocumentError: the document can't be used, or holds problems.
        DatabaseError: the database can't be used.
        SourceError: the document can't be downloaded.
    """
    from pipeline.ingest.steps import PRODUCT, ingest

    with _file(path, allow_http) as file:
        return ingest(
            file,
            arguments.url(database),
            firmware=None if firmware is None else arguments.release("firmware", firmware),
            product=product or PRODUCT,
            certs=arguments.paths("certs", certs),
            online=online,
            allow_partial=allow_partial,
        )


@contextmanager
def _file(path: PathLike, allow_http: bool) -> Iterator[Path]:
    """Give the file of a document, downloaded if it is at an address."""
    from pipeline.ingest.web_documents import as_file, download, is_url

    if not is_url(str(path)):
        yield arguments.path("path", path)
        return
    found = download(str(path), allow_http=allow_http)
    assert found is not None  # noqa: S101 - nothing is known that could be unchanged
    with as_file(found) as file:
        yield file


def extract_document(path: PathLike, **options: Any) -> Extraction:
    """Read the rows of a document as printed; ``options`` are those of `pipeline.extract.extract`.

    Raises:
        DocumentError: the file can't be used.
    """
    from pipeline.extract import extract

    return extract(arguments.path("path", path), **options)


def normalise_rows(rows: Sequence[Row]) -> tuple[pd.DataFrame, list[Problem]]:
    """Make a clean frame of rows as printed. See `pipeline.normalise.normalise`."""
    from pipeline.normalise import normalise

    return normalise(rows)


def enrich_entries(entries: pd.DataFrame, sources: Iterable[Source]) -> Enriched:
    """Find the certificate of each entry, and judge the entry. See `pipeline.enrich.enrich`."""
    from pipeline.enrich import enrich

    return enrich(entries, sources)


def load_document(
    engine: Engine,
    document: Document,
    entries: pd.DataFrame,
    certificates: pd.DataFrame,
    problems: Iterable[Problem] = (),
    *,
    product: str,
    sightings: pd.DataFrame | None = None,
) -> Loaded:
    """Load a document's entries into a database open for writing. See `pipeline.load.load`."""
    from pipeline.load import load

    return load(
        engine, document, entries, certificates, problems, product=product, sightings=sightings
    )
