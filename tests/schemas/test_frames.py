"""A frame is as its contract says, or refused."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from schemas import frames
from tests.snapshot_loader import new_root

ENTRY = (1, 2, "12.7(1)", "a" * 40, "", "CN=A", "CN=A", True)


@pytest.mark.parametrize(
    "contract", [frames.ENTRIES, frames.EVIDENT_ENTRIES, frames.CERTIFICATES, frames.SIGHTINGS]
)
def test_an_empty_frame_keeps_its_contract(contract: frames.Contract) -> None:
    frames.check(frames.make([], contract), contract)


def test_values_come_out_as_they_went_in() -> None:
    frame = frames.make([ENTRY], frames.ENTRIES)
    assert tuple(frame.iloc[0]) == ENTRY


def test_a_certificate_may_end_in_the_year_9999_and_have_no_key_size() -> None:
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    record = {**new_root("A").record, "not_after": end, "key_bits": None}
    frame = frames.make([tuple(record.values())], frames.CERTIFICATES)
    assert frame["not_after"].tolist() == [end]
    assert frame["key_bits"].isna().tolist() == [True]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("fingerprint", "A" * 40, "fingerprint of row 0"),
        ("fingerprint", "a" * 39, "fingerprint of row 0"),
        ("fingerprint", f"{'a' * 40}\n", "fingerprint of row 0"),
        ("fingerprint_sha256", "a" * 40, "fingerprint_sha256 of row 0"),
        ("subject", None, "subject of row 0"),
        ("position", 1.5, "position is float64"),
        ("agreed", "yes", "agreed is str"),
    ],
)
def test_a_value_that_breaks_the_contract_is_named(
    column: str, value: object, message: str
) -> None:
    frame = frames.make([ENTRY], frames.ENTRIES)
    frame[column] = pd.Series([value], dtype="str" if value is None else None)
    with pytest.raises(ValueError, match=message):
        frames.check(frame, frames.ENTRIES)


def test_columns_are_all_there_in_order() -> None:
    frame = frames.make([ENTRY], frames.ENTRIES)
    for wrong in (frame[frame.columns[::-1]], frame.drop(columns="page"), frame.assign(more=1)):
        with pytest.raises(ValueError, match="the columns are"):
            frames.check(wrong, frames.ENTRIES)


def test_a_date_is_no_time_and_no_text() -> None:
    day = date(2020, 1, 1)
    frames.make([("a" * 40, "mozilla", day, day, "certifi 1")], frames.SIGHTINGS)
    for wrong in (datetime(2020, 1, 1, tzinfo=UTC), "2020-01-01", None):
        with pytest.raises(ValueError, match="last_seen"):
            frames.make([("a" * 40, "mozilla", day, wrong, "certifi 1")], frames.SIGHTINGS)
