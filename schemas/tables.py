"""The tables and views of the database, for SQLite and PostgreSQL.

A snapshot is a document's list for one release and is never changed once loaded. What entries
share is stored once: the row as printed (`PrintedRow`) and the certificate (`CertificateRow`), so
that an entry is three small numbers and a key.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from importlib import resources
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    and_,
    func,
    or_,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.schema import SchemaItem, SetColumnComment, SetTableComment
from sqlalchemy.types import TypeEngine

from schemas.checksums import checksum

VERSION: Final = "0004"
"""The version of this schema (see `schemas.migrations`): four digits, each one more."""

_SHA256_DIGITS: Final = 64

_Kind = type[TypeEngine[Any]] | TypeEngine[Any]

VIEWS: Final = (
    "trust_list",
    "latest_revisions",
    "changes",
    "root_history",
    "programme_status",
)
"""The views, each after those it reads; each in the file of that name in `schemas/views/`."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, to the second.

    SQLite keeps it as ``2020-05-30 10:48:38``, which sorts, and compares with ``'2020-06-01'``.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type of the database."""
        if dialect.name == "sqlite":
            kept = sqlite.DATETIME(truncate_microseconds=True)  # type: ignore[no-untyped-call]
            return dialect.type_descriptor(kept)
        return super().load_dialect_impl(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the database UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        utc = value.astimezone(UTC).replace(microsecond=0)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read UTC."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""The tables; `views` has the views."""


def _of_this_row(context: DefaultExecutionContext) -> bytes:
    return checksum(context.get_current_parameters())  # type: ignore[no-untyped-call]


def _checksum() -> Column[bytes | None]:
    """Give a table's rows a checksum: that which `schemas.checksums.checksum` computes."""
    return Column(
        "checksum",
        LargeBinary,
        default=_of_this_row,
        comment="SHA-256 of the row's other values: `database verify` finds damage by it.",
    )


def _required(name: str, kind: _Kind, *rules: SchemaItem, **options: Any) -> Column[Any]:
    """Make a column that every row has a value in."""
    return Column(name, kind, *rules, nullable=False, **options)


def _hex(name: str, digits: int) -> CheckConstraint:
    rule = f"length({name}) = {digits} AND ltrim({name}, '0123456789abcdef') = ''"
    return CheckConstraint(rule, name=f"{name}_is_hex")


def _digest(name: str) -> CheckConstraint:
    """Allow a SHA-1 or a SHA-256."""
    rule = f"length({name}) IN (40, 64) AND ltrim({name}, '0123456789abcdef') = ''"
    return CheckConstraint(rule, name=f"{name}_is_hex")


def _time(name: str, function: str = "datetime") -> tuple[CheckConstraint, CheckConstraint]:
    """Refuse what is no time. SQLite has no type for them: they are ISO texts in UTC."""
    iso = CheckConstraint(f"{name} IS {function}({name})", name=f"{name}_is_iso")
    finite = CheckConstraint(f"isfinite({name})", name=f"{name}_is_finite")
    return iso.ddl_if(dialect="sqlite"), finite.ddl_if(dialect="postgresql")


documents: Final = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number in this database."),
    _required(
        "sha256", String, unique=True, comment="SHA-256 of the file, 64 lower-case hex digits."
    ),
    _required("name", String, comment="Name of the file when it was first loaded."),
    _required("title", String, comment="Its first line of text."),
    _required("pages", Integer, comment="Number of pages."),
    _checksum(),
    _hex("sha256", 64),
    comment="Published files that snapshots were read from.",
)
"""A published file. Its SHA-256 tells it from all others."""


snapshots: Final = Table(
    "snapshots",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number in this database."),
    _required(
        "document_id", Integer, ForeignKey("documents.id"), comment="The document it was read from."
    ),
    _required("product", String, comment="Series of phones, as named on loading."),
    _required("firmware", String, comment="Firmware release, such as 12.7(1)SR1."),
    _required(
        "firmware_order",
        BigInteger,
        comment="Sorts releases: see pipeline.database.firmware_order.",
    ),
    _required("revision", Integer, comment="Counts the documents loaded for this release, from 1."),
    _required("entry_count", Integer, comment="Number of entries."),
    _required(
        "digest",
        LargeBinary,
        comment="SHA-256 of the entries as printed: see pipeline.load.content_digest.",
    ),
    _required("ingested_at", UtcDateTime, comment="When it was loaded, UTC."),
    _checksum(),
    UniqueConstraint("product", "firmware", "revision"),
    UniqueConstraint("document_id", "product", "firmware"),
    Index(None, "product", "firmware_order"),
    Index(None, "firmware"),
    CheckConstraint("revision >= 1", name="revision_from_1"),
    *_time("ingested_at"),
    comment="What one document states for one release. Never changed once loaded.",
)
"""The entries that one document states for one release."""


printed_rows: Final = Table(
    "printed_rows",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number in this database."),
    _required(
        "digest",
        LargeBinary,
        unique=True,
        comment="SHA-256 of what is printed: see pipeline.load.row_digest.",
    ),
    _required(
        "fingerprint",
        String,
        index=True,
        comment="SHA-1 of the certificate, 40 lower-case hex digits; '' while only its SHA-256 is "
        "known.",
    ),
    Column(
        "fingerprint_sha256",
        String,
        index=True,
        comment="SHA-256 of the certificate, if it is printed; 64 lower-case hex digits.",
    ),
    _required("subject_printed", String, comment="The subject as printed."),
    _required("agreed", Boolean, comment="Whether two readers gave this row."),
    _required(
        "subject",
        String,
        comment="The subject in canonical form; the certificate's own if they match.",
    ),
    Column(
        "subject_matches",
        Boolean,
        comment="Whether what is printed can be of the certificate; empty while that is not known.",
    ),
    _checksum(),
    CheckConstraint(
        "length(fingerprint) = 40 AND ltrim(fingerprint, '0123456789abcdef') = '' "
        "OR fingerprint = '' AND fingerprint_sha256 IS NOT NULL",
        name="fingerprint_is_hex",
    ),
    _hex("fingerprint_sha256", 64),
    comment="The distinct rows that documents print; what is printed never changes.",
)
"""A row as printed, shared by all entries that print it."""


entries: Final = Table(
    "entries",
    metadata,
    _required(
        "snapshot_id", Integer, ForeignKey("snapshots.id"), comment="The snapshot it belongs to."
    ),
    _required("printed_row_id", Integer, ForeignKey("printed_rows.id"), comment="What it says."),
    _required("position", Integer, comment="Counts the rows of the snapshot, from 1."),
    _required("page", Integer, comment="Page of the document, from 1."),
    PrimaryKeyConstraint("snapshot_id", "printed_row_id"),
    Index(None, "printed_row_id", "snapshot_id"),
    CheckConstraint("position >= 1", name="position_from_1"),
    CheckConstraint("page >= 1", name="page_from_1"),
    comment="The rows of each snapshot.",
    sqlite_with_rowid=False,
)
"""One row of a snapshot: what it says, and where it stands.

    SQLite needs some 30 bytes for it: the key is the row, and the index is the key turned round.
    """


certificates: Final = Table(
    "certificates",
    metadata,
    Column(
        "fingerprint",
        String,
        primary_key=True,
        comment="SHA-1 of the certificate, 40 lower-case hex digits.",
    ),
    _required(
        "fingerprint_sha256",
        String,
        unique=True,
        comment="SHA-256 of the certificate, 64 lower-case hex digits.",
    ),
    _required(
        "spki_sha256",
        String,
        index=True,
        comment="SHA-256 of its SubjectPublicKeyInfo: names the key.",
    ),
    _required("subject", String, comment="Subject in canonical form."),
    _required("issuer", String, comment="Issuer in canonical form."),
    _required("serial_number", String, comment="Lower-case hex digits."),
    _required("not_before", UtcDateTime, comment="First valid second, UTC."),
    _required("not_after", UtcDateTime, comment="Last valid second, UTC."),
    _required("key_type", String, comment="RSA, EC, DSA, Ed25519 or another."),
    Column("key_bits", Integer, comment="Size of the key, if its type has sizes."),
    _required(
        "signature_algorithm", String, comment="OpenSSL's name, such as sha256WithRSAEncryption."
    ),
    _required(
        "self_signed",
        Boolean,
        comment="Whether the subject is the issuer and the key verifies the signature.",
    ),
    _required("parser", String, comment="The library that could read it."),
    _required("source", String, comment="Where it was found first: catalogue, file:NAME, crt.sh."),
    _required("der", LargeBinary, comment="The certificate itself, DER."),
    _checksum(),
    _hex("fingerprint", 40),
    _hex("fingerprint_sha256", 64),
    _hex("spki_sha256", 64),
    *_time("not_before"),
    *_time("not_after"),
    comment="The known certificates. Never changed once loaded.",
)
"""An X.509 certificate (RFC 5280), stored once however many lists hold it."""


sightings: Final = Table(
    "sightings",
    metadata,
    Column(
        "fingerprint",
        String,
        primary_key=True,
        comment="SHA-1 of the certificate, 40 lower-case hex digits.",
    ),
    Column(
        "programme",
        String,
        primary_key=True,
        comment="mozilla, microsoft, apple, aosp, openjdk or oracle.",
    ),
    _required("first_seen", Date, comment="Date of the first bundle it was seen in."),
    _required("last_seen", Date, comment="Date of the last bundle it was seen in."),
    _required("source", String, comment="The packages that carried those two."),
    _checksum(),
    Index(None, "programme", "last_seen"),
    CheckConstraint("first_seen <= last_seen", name="first_before_last"),
    _hex("fingerprint", 40),
    *_time("first_seen", "date"),
    *_time("last_seen", "date"),
    comment="When each root was seen in each programme's bundles.",
)
"""When a root was seen in the bundles of a programme, such as Mozilla's."""


lookups: Final = Table(
    "lookups",
    metadata,
    Column(
        "fingerprint",
        String,
        primary_key=True,
        comment="SHA-1 or SHA-256 of the certificate, lower-case hex.",
    ),
    Column("source", String, primary_key=True, comment="Who was asked: crt.sh."),
    _required("asked_at", UtcDateTime, comment="When it was asked, UTC."),
    _checksum(),
    _digest("fingerprint"),
    *_time("asked_at"),
    comment="Certificates that an online source doesn't have; it isn't asked again.",
)
"""A source was asked for a certificate and said that it doesn't have it."""


problems: Final = Table(
    "problems",
    metadata,
    Column("id", Integer, primary_key=True, comment="Number in this database."),
    _required(
        "document_id", Integer, ForeignKey("documents.id"), index=True, comment="The document."
    ),
    _required("kind", String, comment="malformed-fingerprint, duplicate, …"),
    _required("page", Integer, comment="Page of the document, from 1."),
    _required("text", String, comment="What is printed there."),
    _required("hint", String, comment="What to do about it."),
    _checksum(),
    comment="What could not be read or believed in a document.",
)
"""Something in a document that could not be read, or not be believed."""


has_its_sha1: Final = certificates.c.fingerprint == printed_rows.c.fingerprint
"""Joins a printed row and its certificate; once that is known, this always holds."""
has_its_sha256: Final = and_(
    printed_rows.c.fingerprint == "",
    certificates.c.fingerprint_sha256 == printed_rows.c.fingerprint_sha256,
)
"""Joins a printed row whose SHA-1 is not known yet and its certificate."""


def identity(row: Any = printed_rows.c) -> ColumnElement[str]:
    """What tells a root from others: its SHA-1 or, while that is not known, its SHA-256.

    ``row`` is the columns of a table or a view.
    """
    return func.coalesce(func.nullif(row.fingerprint, ""), row.fingerprint_sha256)


def is_one_of(digests: Collection[str]) -> ColumnElement[bool]:
    """Whether the `identity` of a printed row is one of these; indexes help."""
    own = printed_rows.c.fingerprint.in_(digests)
    only = [each for each in digests if len(each) == _SHA256_DIGITS]
    if not only:
        return own
    return or_(
        own, and_(printed_rows.c.fingerprint == "", printed_rows.c.fingerprint_sha256.in_(only))
    )


alembic_version: Final = Table(
    "alembic_version",
    metadata,
    Column("version_num", String(32), comment="The version of the schema."),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
    comment="The version of the schema, where Alembic keeps it.",
)

views: Final = MetaData()
"""The views as a question sees them. Each is made by the file of its name in `schemas/views/`."""

trust_list: Final = Table(
    "trust_list",
    views,
    Column("product", String, comment="Series of phones, as named on loading."),
    Column("firmware", String, comment="Firmware release, such as 12.7(1)SR1."),
    Column("revision", Integer, comment="Which of the documents loaded for this release, from 1."),
    Column("position", Integer, comment="Place in the list, from 1."),
    Column("page", Integer, comment="Page of the document, from 1."),
    Column(
        "fingerprint",
        String,
        comment="SHA-1 of the certificate, 40 lower-case hex digits; '' while only its SHA-256 is "
        "known.",
    ),
    Column(
        "fingerprint_sha256",
        String,
        comment="SHA-256 of the certificate, 64 lower-case hex digits; empty if not known.",
    ),
    Column(
        "subject",
        String,
        comment="The subject in canonical form; the certificate's own if they match.",
    ),
    Column("subject_printed", String, comment="The subject as printed."),
    Column("issuer", String, comment="Issuer in canonical form; empty if not known."),
    Column("serial_number", String, comment="Lower-case hex digits; empty if not known."),
    Column("not_before", UtcDateTime, comment="First valid second, UTC; empty if not known."),
    Column("not_after", UtcDateTime, comment="Last valid second, UTC; empty if not known."),
    Column("key_type", String, comment="RSA, EC, DSA, Ed25519 or another; empty if not known."),
    Column("key_bits", Integer, comment="Size of the key; empty if not known or without meaning."),
    Column(
        "signature_algorithm",
        String,
        comment="OpenSSL's name, such as sha256WithRSAEncryption; empty if not known.",
    ),
    Column(
        "evidence",
        String,
        comment="proven: the printed subject is the certificate's; identified: the certificate is "
        "known, and no full subject is printed; agreed: two readers gave this row; or disputed.",
    ),
    Column(
        "certificate_source",
        String,
        comment="Where the certificate was found first: catalogue, file:NAME, crt.sh.",
    ),
    Column("document_sha256", String, comment="SHA-256 of the document, 64 hex digits."),
    Column("ingested_at", UtcDateTime, comment="When the snapshot was loaded, UTC."),
    comment="What each loaded release trusts: a row for each row of the document.",
)

latest_revisions: Final = Table(
    "latest_revisions",
    views,
    Column("id", Integer, comment="Number of the snapshot in this database."),
    Column("product", String, comment="Series of phones, as named on loading."),
    Column("firmware", String, comment="Firmware release, such as 12.7(1)SR1."),
    Column("firmware_order", BigInteger, comment="Sorts releases."),
    Column("revision", Integer, comment="The release's highest."),
    comment="The newest snapshot of each release.",
)

changes: Final = Table(
    "changes",
    views,
    Column("product", String, comment="Series of phones, as named on loading."),
    Column("from_firmware", String, comment="The loaded release before it."),
    Column("to_firmware", String, comment="The release that changed."),
    Column("change", String, comment="added, removed, or changed: it has another name."),
    Column("fingerprint", String, comment="SHA-1 of the certificate, as in trust_list."),
    Column("subject", String, comment="The subject in canonical form, after the change."),
    comment="What each release changed of the one before it; newest revisions only.",
)

root_history: Final = Table(
    "root_history",
    views,
    Column("product", String, comment="Series of phones, as named on loading."),
    Column("fingerprint", String, comment="SHA-1 of the certificate, as in trust_list."),
    Column("subject", String, comment="The certificate's or, if not known, one that is printed."),
    Column("first_firmware", String, comment="The first loaded release that trusts it."),
    Column("last_firmware", String, comment="The last; it may have been away between the two."),
    Column("in_latest", Boolean, comment="Whether the newest loaded release trusts it."),
    comment="Since which release each root is trusted, and until which; newest revisions only.",
)

programme_status: Final = Table(
    "programme_status",
    views,
    Column("fingerprint", String, comment="SHA-1 of the certificate, 40 lower-case hex digits."),
    Column("programme", String, comment="mozilla, microsoft, apple, aosp, openjdk or oracle."),
    Column("first_seen", Date, comment="Date of the first bundle it was seen in."),
    Column("last_seen", Date, comment="Date of the last bundle it was seen in."),
    Column("present_now", Boolean, comment="Whether that is the programme's newest bundle."),
    comment="When each root was seen in each programme's bundles.",
)


def create(connection: Connection) -> None:
    """Create all tables and views, and record the schema's version."""
    metadata.create_all(connection)
    create_views(connection)
    connection.execute(alembic_version.insert().values(version_num=VERSION))


def create_views(connection: Connection) -> None:
    """Create the views, and explain them where the database keeps comments."""
    for name in VIEWS:
        text = resources.files("schemas").joinpath("views", f"{name}.sql").read_text("utf-8")
        connection.exec_driver_sql(text)
    if connection.dialect.supports_comments:
        for view in views.tables.values():
            words = (view.comment or "").replace("'", "''")
            connection.exec_driver_sql(f"COMMENT ON VIEW {view.name} IS '{words}'")
            _comment_on_columns(connection, view)


def drop_views(connection: Connection) -> None:
    """Drop the views, so that the tables below them can be changed."""
    for name in reversed(VIEWS):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def comment(connection: Connection) -> None:
    """Explain the tables anew where the database keeps comments; `create` does it for new ones."""
    if connection.dialect.supports_comments:
        for table in metadata.tables.values():
            connection.execute(SetTableComment(table))
            _comment_on_columns(connection, table)


def _comment_on_columns(connection: Connection, table: Table) -> None:
    for each in table.columns:
        connection.execute(SetColumnComment(each))
