"""Write schemas/json/NAME.schema.json for the JSON of each command, from the answers' dataclasses.

Run it after an answer has changed, or for a new command: add that to `ANSWERS` here, and how to
call it to `CALLS` in cli/test_schemas.py.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from pipeline.check import Check, Checks
from pipeline.database.backup import Copy
from pipeline.database.engine import Upgrade
from pipeline.database.sql.canned import Query
from pipeline.database.verify import Verification
from pipeline.ingest.catalogue_upkeep import Addition, CatalogueInfo
from pipeline.ingest.enrich_again import Resolution
from pipeline.ingest.read_document import ExtractedDocument
from pipeline.ingest.steps import Ingested
from pipeline.questions.against import Against
from pipeline.questions.ca_offers import CaOffers
from pipeline.questions.diff import Diff
from pipeline.questions.expiring import Expiring
from pipeline.questions.export import StoredRoot
from pipeline.questions.find import Found
from pipeline.questions.fleet.fleet_answer import FleetAnswer, FleetTrust
from pipeline.questions.matrix import Matrix
from pipeline.questions.show import TrustList
from pipeline.questions.snapshots import NOT_WRITTEN, SnapshotInfo
from pipeline.questions.watch import News
from pipeline.report.answers.query import Rows

DIRECTORY: Final = Path(__file__).resolve().parent.parent / "json"

ANSWERS: Final[dict[str, Any]] = {
    "catalogue add": Addition,
    "catalogue info": CatalogueInfo,
    "check": Check | Checks,
    "database backup": Copy,
    "database upgrade": Upgrade,
    "database verify": Verification,
    "diff": Diff | Matrix | Against,
    "enrich": Resolution,
    "expiring": Expiring,
    "export": list[StoredRoot],
    "extract": ExtractedDocument,
    "find": Found | CaOffers,
    "fleet": FleetAnswer | FleetTrust,
    "ingest": list[Ingested],
    "query": Rows | list[Query],
    "report": Diff,
    "show": TrustList,
    "snapshots": list[SnapshotInfo],
    "watch": list[News],
}
"""A command to the type of what it gives to its report."""


class _Generator(GenerateJsonSchema):
    """Takes no key that isn't named, and times only in UTC, to the second."""

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> dict[str, Any]:
        hidden = {
            each.name for each in dataclasses.fields(schema["cls"]) if each.metadata == NOT_WRITTEN
        }
        inner = schema["schema"]
        written = [each for each in inner["fields"] if each["name"] not in hidden]
        schema = {**schema, "schema": {**inner, "fields": written}}
        return {**super().dataclass_schema(schema), "additionalProperties": False}

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> dict[str, Any]:
        return {**super().datetime_schema(schema), "pattern": r"\dZ$"}

    def bytes_schema(self, schema: core_schema.BytesSchema) -> dict[str, Any]:
        return {"type": "string", "contentEncoding": "base64"}


def path(command: str) -> Path:
    """Say where the schema of a command is."""
    return DIRECTORY / f"{command.replace(' ', '-')}.schema.json"


def text(command: str) -> str:
    """Give the schema of a command, as it is written."""
    adapter = TypeAdapter(ANSWERS[command])
    made = adapter.json_schema(mode="serialization", schema_generator=_Generator)
    head = {"$schema": _Generator.schema_dialect, "title": f"trustlist {command} --format json"}
    return json.dumps({**head, **_polished(made), **head}, indent=2, ensure_ascii=False) + "\n"


def _polished(part: Any) -> Any:
    """Unfold the docstrings, leave out titles that repeat the key, say what a fingerprint is."""
    if isinstance(part, list):
        return [_polished(each) for each in part]
    if not isinstance(part, dict):
        return part
    done = {key: _polished(value) for key, value in part.items()}
    if isinstance(done.get("description"), str):
        paragraphs = done["description"].replace("``", "`").split("\n\n")
        done["description"] = "\n\n".join(" ".join(each.split()) for each in paragraphs)
    if done.get("type") == "object":
        for key, value in done.get("properties", {}).items():
            value.pop("title", None)
            if key == "fingerprint" and value.get("type") == "string":
                value |= {"pattern": "^[0-9a-f]{40}$", "description": "SHA-1 of the certificate."}
    return done


if __name__ == "__main__":
    DIRECTORY.mkdir(exist_ok=True)
    for each in ANSWERS:
        path(each).write_text(text(each), encoding="utf-8")
