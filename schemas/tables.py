"""The tables and views of the database, for SQLite and PostgreSQL.

A snapshot is a document's list for one release and is never changed once loaded. What entries
share is stored once: the row as printed (`PrintedRow`) and the certificate (`CertificateRow`), so
that an entry is three small numbers and a key.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
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
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import SetColumnComment, SetTableComment
from sqlalchemy.types import TypeEngine

from schemas.checksums import checksum

VERSION: Final = "0004"
"""The version of this schema (see `schemas.migrations`): four digits, each one more."""

_SHA256_DIGITS: Final = 64

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


class Base(DeclarativeBase):
    """What the tables have in common."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _of_this_row(context: DefaultExecutionContext) -> bytes:
    return checksum(context.get_current_parameters())  # type: ignore[no-untyped-call]


class _WithChecksum:
    """A table whose rows have a checksum: that which `schemas.checksums.checksum` gives."""

    checksum: Mapped[bytes | None] = mapped_column(
        LargeBinary,
        default=_of_this_row,
        sort_order=1,
        comment="SHA-256 of the row's other values: `database verify` finds damage by it.",
    )


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


class DocumentRow(_WithChecksum, Base):
    """A published file. Its SHA-256 tells it from all others."""

    __tablename__ = "documents"
    __table_args__ = (
        _hex("sha256", 64),
        {"comment": "Published files that snapshots were read from."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number in this database.")
    sha256: Mapped[str] = mapped_column(
        String, unique=True, comment="SHA-256 of the file, 64 lower-case hex digits."
    )
    name: Mapped[str] = mapped_column(String, comment="Name of the file when it was first loaded.")
    title: Mapped[str] = mapped_column(String, comment="Its first line of text.")
    pages: Mapped[int] = mapped_column(comment="Number of pages.")


class SnapshotRow(_WithChecksum, Base):
    """The entries that one document states for one release."""

    __tablename__ = "snapshots"
    __table_args__ = (
        UniqueConstraint("product", "firmware", "revision"),
        UniqueConstraint("document_id", "product", "firmware"),
        Index(None, "product", "firmware_order"),
        Index(None, "firmware"),
        CheckConstraint("revision >= 1", name="revision_from_1"),
        *_time("ingested_at"),
        {"comment": "What one document states for one release. Never changed once loaded."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number in this database.")
    document_id: Mapped[int] = mapped_column(
        ForeignKey("documents.id"), comment="The document it was read from."
    )
    product: Mapped[str] = mapped_column(String, comment="Series of phones, as named on loading.")
    firmware: Mapped[str] = mapped_column(String, comment="Firmware release, such as 12.7(1)SR1.")
    firmware_order: Mapped[int] = mapped_column(
        BigInteger, comment="Sorts releases: see pipeline.database.firmware_order."
    )
    revision: Mapped[int] = mapped_column(
        comment="Counts the documents loaded for this release, from 1."
    )
    entry_count: Mapped[int] = mapped_column(comment="Number of entries.")
    digest: Mapped[bytes] = mapped_column(
        LargeBinary, comment="SHA-256 of the entries as printed: see pipeline.load.content_digest."
    )
    ingested_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="When it was loaded, UTC.")


class PrintedRow(_WithChecksum, Base):
    """A row as printed, shared by all entries that print it."""

    __tablename__ = "printed_rows"
    __table_args__ = (
        CheckConstraint(
            "length(fingerprint) = 40 AND ltrim(fingerprint, '0123456789abcdef') = '' "
            "OR fingerprint = '' AND fingerprint_sha256 IS NOT NULL",
            name="fingerprint_is_hex",
        ),
        _hex("fingerprint_sha256", 64),
        {"comment": "The distinct rows that documents print; what is printed never changes."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number in this database.")
    digest: Mapped[bytes] = mapped_column(
        LargeBinary,
        unique=True,
        comment="SHA-256 of what is printed: see pipeline.load.row_digest.",
    )
    fingerprint: Mapped[str] = mapped_column(
        String,
        index=True,
        comment="SHA-1 of the certificate, 40 lower-case hex digits; '' while only its SHA-256 is "
        "known.",
    )
    fingerprint_sha256: Mapped[str | None] = mapped_column(
        String,
        index=True,
        comment="SHA-256 of the certificate, if it is printed; 64 lower-case hex digits.",
    )
    subject_printed: Mapped[str] = mapped_column(String, comment="The subject as printed.")
    agreed: Mapped[bool] = mapped_column(comment="Whether two readers gave this row.")
    subject: Mapped[str] = mapped_column(
        String, comment="The subject in canonical form; the certificate's own if they match."
    )
    subject_matches: Mapped[bool | None] = mapped_column(
        comment="Whether what is printed can be of the certificate; empty while that is not known."
    )


class EntryRow(Base):
    """One row of a snapshot: what it says, and where it stands.

    SQLite needs some 30 bytes for it: the key is the row, and the index is the key turned round.
    """

    __tablename__ = "entries"
    __table_args__ = (
        PrimaryKeyConstraint("snapshot_id", "printed_row_id"),
        Index(None, "printed_row_id", "snapshot_id"),
        CheckConstraint("position >= 1", name="position_from_1"),
        CheckConstraint("page >= 1", name="page_from_1"),
        {"comment": "The rows of each snapshot.", "sqlite_with_rowid": False},
    )

    snapshot_id: Mapped[int] = mapped_column(
        ForeignKey("snapshots.id"), comment="The snapshot it belongs to."
    )
    printed_row_id: Mapped[int] = mapped_column(
        ForeignKey("printed_rows.id"), comment="What it says."
    )
    position: Mapped[int] = mapped_column(comment="Counts the rows of the snapshot, from 1.")
    page: Mapped[int] = mapped_column(comment="Page of the document, from 1.")


class CertificateRow(_WithChecksum, Base):
    """An X.509 certificate (RFC 5280), stored once however many lists hold it."""

    __tablename__ = "certificates"
    __table_args__ = (
        _hex("fingerprint", 40),
        _hex("fingerprint_sha256", 64),
        _hex("spki_sha256", 64),
        *_time("not_before"),
        *_time("not_after"),
        {"comment": "The known certificates. Never changed once loaded."},
    )

    fingerprint: Mapped[str] = mapped_column(
        String, primary_key=True, comment="SHA-1 of the certificate, 40 lower-case hex digits."
    )
    fingerprint_sha256: Mapped[str] = mapped_column(
        String, unique=True, comment="SHA-256 of the certificate, 64 lower-case hex digits."
    )
    spki_sha256: Mapped[str] = mapped_column(
        String, index=True, comment="SHA-256 of its SubjectPublicKeyInfo: names the key."
    )
    subject: Mapped[str] = mapped_column(String, comment="Subject in canonical form.")
    issuer: Mapped[str] = mapped_column(String, comment="Issuer in canonical form.")
    serial_number: Mapped[str] = mapped_column(String, comment="Lower-case hex digits.")
    not_before: Mapped[datetime] = mapped_column(UtcDateTime, comment="First valid second, UTC.")
    not_after: Mapped[datetime] = mapped_column(UtcDateTime, comment="Last valid second, UTC.")
    key_type: Mapped[str] = mapped_column(String, comment="RSA, EC, DSA, Ed25519 or another.")
    key_bits: Mapped[int | None] = mapped_column(comment="Size of the key, if its type has sizes.")
    signature_algorithm: Mapped[str] = mapped_column(
        String, comment="OpenSSL's name, such as sha256WithRSAEncryption."
    )
    self_signed: Mapped[bool] = mapped_column(
        comment="Whether the subject is the issuer and the key verifies the signature."
    )
    parser: Mapped[str] = mapped_column(String, comment="The library that could read it.")
    source: Mapped[str] = mapped_column(
        String, comment="Where it was found first: catalogue, file:NAME, crt.sh."
    )
    der: Mapped[bytes] = mapped_column(LargeBinary, comment="The certificate itself, DER.")


class SightingRow(_WithChecksum, Base):
    """When a root was seen in the bundles of a programme, such as Mozilla's."""

    __tablename__ = "sightings"
    __table_args__ = (
        Index(None, "programme", "last_seen"),
        CheckConstraint("first_seen <= last_seen", name="first_before_last"),
        _hex("fingerprint", 40),
        *_time("first_seen", "date"),
        *_time("last_seen", "date"),
        {"comment": "When each root was seen in each programme's bundles."},
    )

    fingerprint: Mapped[str] = mapped_column(
        String, primary_key=True, comment="SHA-1 of the certificate, 40 lower-case hex digits."
    )
    programme: Mapped[str] = mapped_column(
        String, primary_key=True, comment="mozilla, microsoft, apple, aosp, openjdk or oracle."
    )
    first_seen: Mapped[date] = mapped_column(comment="Date of the first bundle it was seen in.")
    last_seen: Mapped[date] = mapped_column(comment="Date of the last bundle it was seen in.")
    source: Mapped[str] = mapped_column(String, comment="The packages that carried those two.")


class LookupRow(_WithChecksum, Base):
    """A source was asked for a certificate and said that it doesn't have it."""

    __tablename__ = "lookups"
    __table_args__ = (
        _digest("fingerprint"),
        *_time("asked_at"),
        {"comment": "Certificates that an online source doesn't have; it isn't asked again."},
    )

    fingerprint: Mapped[str] = mapped_column(
        String, primary_key=True, comment="SHA-1 or SHA-256 of the certificate, lower-case hex."
    )
    source: Mapped[str] = mapped_column(String, primary_key=True, comment="Who was asked: crt.sh.")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="When it was asked, UTC.")


class ProblemRow(_WithChecksum, Base):
    """Something in a document that could not be read, or not be believed."""

    __tablename__ = "problems"
    __table_args__ = ({"comment": "What could not be read or believed in a document."},)

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number in this database.")
    document_id: Mapped[int] = mapped_column(
        ForeignKey("documents.id"), index=True, comment="The document."
    )
    kind: Mapped[str] = mapped_column(String, comment="malformed-fingerprint, duplicate, …")
    page: Mapped[int] = mapped_column(comment="Page of the document, from 1.")
    text: Mapped[str] = mapped_column(String, comment="What is printed there.")
    hint: Mapped[str] = mapped_column(String, comment="What to do about it.")


has_its_sha1: Final = CertificateRow.fingerprint == PrintedRow.fingerprint
"""Joins a printed row and its certificate; once that is known, this always holds."""
has_its_sha256: Final = and_(
    PrintedRow.fingerprint == "",
    CertificateRow.fingerprint_sha256 == PrintedRow.fingerprint_sha256,
)
"""Joins a printed row whose SHA-1 is not known yet and its certificate."""


def identity(row: Any = PrintedRow) -> ColumnElement[str]:
    """What tells a root from others: its SHA-1 or, while that is not known, its SHA-256.

    ``row`` is a table or the columns of a view.
    """
    return func.coalesce(func.nullif(row.fingerprint, ""), row.fingerprint_sha256)


def is_one_of(digests: Collection[str]) -> ColumnElement[bool]:
    """Whether the `identity` of a printed row is one of these; indexes help."""
    own = PrintedRow.fingerprint.in_(digests)
    only = [each for each in digests if len(each) == _SHA256_DIGITS]
    if not only:
        return own
    return or_(own, and_(PrintedRow.fingerprint == "", PrintedRow.fingerprint_sha256.in_(only)))


alembic_version: Final = Table(
    "alembic_version",
    Base.metadata,
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
    Base.metadata.create_all(connection)
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
        for table in Base.metadata.tables.values():
            connection.execute(SetTableComment(table))
            _comment_on_columns(connection, table)


def _comment_on_columns(connection: Connection, table: Table) -> None:
    for each in table.columns:
        connection.execute(SetColumnComment(each))
