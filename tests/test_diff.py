"""What changed between two lists, and why."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_to_order import Desk, Printed, new_root

from pipeline.diff import Diff, Item, Release, Root, Seen, compare, diff
from pipeline.errors import UsageError

NOW = datetime(2020, 6, 1, tzinfo=UTC)
PAST = datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC)
FUTURE = datetime(2035, 6, 4, 11, 4, 38, tzinfo=UTC)
A, B, C = "a" * 40, "b" * 40, "c" * 40


def reasons_for_removing(root: Root, new: list[Root] | None = None) -> list[str]:
    _, (item,), _, _ = compare([root], new or [], NOW)
    return item.reasons


def reasons_for_adding(root: Root, old: list[Root] | None = None) -> list[str]:
    (item,), _, _, _ = compare(old or [], [root], NOW)
    return item.reasons


def fingerprints(items: list[Item]) -> set[str]:
    return {item.fingerprint for item in items}


# --- properties ------------------------------------------------------------------------------

ROOTS = st.builds(
    Root,
    fingerprint=st.sampled_from([digit * 40 for digit in "0123456789"]),
    subject=st.sampled_from(["CN=X", "CN=Y"]),
    not_after=st.sampled_from([None, PAST, FUTURE]),
    name=st.sampled_from([None, "CN=X", "CN=Y"]),
    key=st.sampled_from([None, "k", "l"]),
    mozilla=st.sampled_from([None, Seen(), Seen("certifi 1", "certifi 2", is_present=True)]),
)
LISTS = st.lists(ROOTS, unique_by=lambda root: root.fingerprint, max_size=10)


@given(LISTS)
def test_a_list_does_not_differ_from_itself(roots: list[Root]) -> None:
    assert compare(roots, roots, NOW) == ([], [], [], len(roots))


@given(LISTS, LISTS)
def test_every_row_of_either_list_is_accounted_for(old: list[Root], new: list[Root]) -> None:
    added, removed, changed, unchanged = compare(old, new, NOW)
    kept = len(changed) + unchanged
    assert len(old) == len(removed) + kept
    assert len(new) == len(added) + kept
    assert {item.fingerprint for item in added}.isdisjoint(root.fingerprint for root in old)
    assert {item.fingerprint for item in removed}.isdisjoint(root.fingerprint for root in new)
    assert all(item.reasons for item in [*added, *removed, *changed])


@given(LISTS, LISTS)
def test_what_one_way_adds_the_other_removes(old: list[Root], new: list[Root]) -> None:
    there, back = compare(old, new, NOW), compare(new, old, NOW)
    assert fingerprints(there[0]) == fingerprints(back[1])
    assert fingerprints(there[1]) == fingerprints(back[0])
    assert fingerprints(there[2]) == fingerprints(back[2])
    assert there[3] == back[3]


# --- reasons ---------------------------------------------------------------------------------


def test_a_removed_root_had_expired_or_not() -> None:
    assert reasons_for_removing(Root(A, "CN=X", not_after=PAST)) == ["expired 2020-05-30"]
    assert reasons_for_removing(Root(A, "CN=X", not_after=NOW)) == ["still valid until 2020-06-01"]
    assert reasons_for_removing(Root(A, "CN=X", not_after=FUTURE)) == [
        "still valid until 2035-06-04"
    ]
    assert reasons_for_removing(Root(A, "CN=X")) == ["certificate unknown"]


def test_an_added_root_will_expire_or_has() -> None:
    assert reasons_for_adding(Root(A, "CN=X", not_after=FUTURE)) == ["expires 2035-06-04"]
    assert reasons_for_adding(Root(A, "CN=X", not_after=PAST)) == ["expired 2020-05-30"]
    assert reasons_for_adding(Root(A, "CN=X")) == ["certificate unknown"]


def test_the_same_key_in_a_new_certificate_is_re_issued() -> None:
    old = Root(A, "CN=X", not_after=PAST, name="CN=X", key="k")
    new = Root(B, "CN=X", not_after=FUTURE, name="CN=X", key="k")
    assert reasons_for_removing(old, [new]) == [
        "expired 2020-05-30",
        "re-issued as bbbbbbbbbbbb… (same name and key, new certificate)",
    ]
    assert reasons_for_adding(new, [old]) == [
        "expires 2035-06-04",
        "re-issue of aaaaaaaaaaaa… (same name and key, new certificate)",
    ]


def test_a_new_key_under_the_same_name() -> None:
    old = Root(A, "CN=X", not_after=PAST, name="CN=X", key="k")
    new = Root(B, "CN=X", not_after=FUTURE, name="CN=X", key="l")
    assert reasons_for_removing(old, [new])[1:] == ["new key under the same name: bbbbbbbbbbbb…"]
    assert reasons_for_adding(new, [old])[1:] == ["new key under the name of aaaaaaaaaaaa…"]


def test_only_certificates_tell_the_same_name() -> None:
    old = Root(A, "CN=X", not_after=PAST, name="CN=X", key="k")
    other = Root(B, "CN=X", not_after=FUTURE, name="CN=Y", key="l")
    unknown = Root(C, "CN=X")
    assert reasons_for_removing(old, [other, unknown]) == ["expired 2020-05-30"]
    assert reasons_for_removing(unknown, [Root(B, "CN=X")]) == ["certificate unknown"]


@pytest.mark.parametrize(
    ("mozilla", "removed", "added"),
    [
        (None, [], []),
        (Seen(), ["never seen in Mozilla's store"], ["never seen in Mozilla's store"]),
        (
            Seen("certifi 14.5.14", "certifi 2019.11.28"),
            ["last seen in Mozilla's store in certifi 2019.11.28"],
            ["last seen in Mozilla's store in certifi 2019.11.28"],
        ),
        (
            Seen("certifi 14.5.14", "certifi 2026.5.3", is_present=True),
            ["still in Mozilla's store"],
            ["first seen in Mozilla's store in certifi 14.5.14"],
        ),
    ],
)
def test_mozillas_store_is_a_reason(
    mozilla: Seen | None, removed: list[str], added: list[str]
) -> None:
    root = Root(A, "CN=X", not_after=PAST, mozilla=mozilla)
    assert reasons_for_removing(root) == ["expired 2020-05-30", *removed]
    assert reasons_for_adding(root) == ["expired 2020-05-30", *added]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("CN=Y", "the new name is the certificate's"),
        ("CN=X", "the old name is the certificate's"),
        ("CN=Z", "the certificate's name is CN=Z"),
        (None, "certificate unknown"),
    ],
)
def test_another_name_beside_a_fingerprint_is_a_change(name: str | None, reason: str) -> None:
    added, removed, changed, unchanged = compare(
        [Root(A, "CN=X", name=name), Root(B, "CN=B")],
        [Root(A, "CN=Y", name=name), Root(B, "CN=B")],
        NOW,
    )
    assert (added, removed, unchanged) == ([], [], 1)
    assert changed == [Item(A, "CN=Y", None, None, ["printed as CN=X before", reason])]


# --- from the database -----------------------------------------------------------------------


def test_the_fields_are_the_keys_that_the_design_fixes() -> None:
    assert [field.name for field in fields(Diff)] == [
        "old",
        "new",
        "added",
        "removed",
        "changed",
        "unchanged",
    ]
    assert [field.name for field in fields(Release)] == ["product", "firmware", "revision"]
    assert [field.name for field in fields(Item)] == [
        "fingerprint",
        "subject",
        "not_before",
        "not_after",
        "reasons",
    ]


def test_two_releases_are_compared_with_all_the_evidence(desk: Desk) -> None:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    kept, changed, gone = new_root("kept"), new_root("changed"), new_root("gone", PAST)
    again = new_root("gone", FUTURE, gone.key)
    unknown = Printed(new_root("unknown"), is_known=False)
    newest, left = date(2026, 5, 3), date(2019, 11, 28)
    sightings = [
        (gone.fingerprint, "mozilla", date(2011, 12, 28), left, "certifi 1 to certifi 2019.11.28"),
        (gone.fingerprint, "apple", left, newest, "sslyze 2 to sslyze 6"),
        (again.fingerprint, "mozilla", newest, newest, "certifi 2026.5.3"),
    ]
    desk.load({"12.7(1)": [gone, kept, Printed(changed, subject="CN=X"), unknown]})
    desk.load({"12.8(1)": [changed, again, kept]}, sightings=sightings)
    answer = diff(desk.engine, "12.7", "12.8", as_of=date(2020, 6, 1))
    assert answer == Diff(
        old=Release("8800", "12.7(1)", 1),
        new=Release("8800", "12.8(1)", 1),
        added=[
            Item(
                again.fingerprint,
                "CN=gone",
                start,
                FUTURE,
                [
                    "expires 2035-06-04",
                    f"re-issue of {gone.fingerprint[:12]}… (same name and key, new certificate)",
                    "first seen in Mozilla's store in certifi 2026.5.3",
                ],
            )
        ],
        removed=[
            Item(
                gone.fingerprint,
                "CN=gone",
                start,
                PAST,
                [
                    "expired 2020-05-30",
                    f"re-issued as {again.fingerprint[:12]}… (same name and key, new certificate)",
                    "last seen in Mozilla's store in certifi 2019.11.28",
                ],
            ),
            Item(
                unknown.root.fingerprint,
                "CN=unknown",
                None,
                None,
                ["certificate unknown", "never seen in Mozilla's store"],
            ),
        ],
        changed=[
            Item(
                changed.fingerprint,
                "CN=changed",
                start,
                datetime(2040, 1, 1, tzinfo=UTC),
                ["printed as CN=X before", "the new name is the certificate's"],
            )
        ],
        unchanged=1,
    )


def test_without_sightings_nothing_is_said_of_mozilla(desk: Desk) -> None:
    desk.load({"12.7(1)": [new_root("A", PAST)], "12.8(1)": [new_root("B", FUTURE)]})
    answer = diff(desk.engine, "12.7", "12.8", as_of=date(2020, 6, 1))
    assert [item.reasons for item in answer.removed] == [["expired 2020-05-30"]]
    assert [item.reasons for item in answer.added] == [["expires 2035-06-04"]]


def test_revisions_of_a_release_are_compared(desk: Desk) -> None:
    root = new_root("A")
    desk.load({"12.7(1)": [root]}, document="first")
    desk.load({"12.7(1)": [root, new_root("B")]}, document="second")
    answer = diff(desk.engine, "12.7@1", "12.7")
    assert (answer.old.revision, answer.new.revision) == (1, 2)
    assert [item.subject for item in answer.added] == ["CN=B"]


def test_a_release_that_is_not_loaded_is_refused(desk: Desk) -> None:
    desk.load({"12.7(1)": [new_root("A")]})
    with pytest.raises(UsageError, match="12\\.8 is not loaded"):
        diff(desk.engine, "12.7", "12.8")
