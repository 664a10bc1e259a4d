"""What changed between two lists, and why."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.catalogue.root_programmes import Stay
from pipeline.check.servers import ServerChange
from pipeline.errors import UsageError
from pipeline.firmware import ReleaseId
from pipeline.questions.diff import ChangedRoot, Diff, compare, diff
from pipeline.questions.diff_reasons import Fact
from pipeline.questions.snapshots import NOT_WRITTEN
from pipeline.questions.trust_list_root import Root
from pipeline.x509 import names
from tests.snapshot_loader import Printed, SnapshotLoader, new_root

NOW = datetime(2020, 6, 1, tzinfo=UTC)
PAST = datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC)
FUTURE = datetime(2035, 6, 4, 11, 4, 38, tzinfo=UTC)
DAY = date(2019, 11, 28)
A, B, C = "a" * 40, "b" * 40, "c" * 40


def reasons_for_removing(root: Root, new: list[Root] | None = None) -> list[str]:
    _, (item,), _, _ = compare([root], new or [], NOW)
    return item.reasons


def reasons_for_adding(root: Root, old: list[Root] | None = None) -> list[str]:
    (item,), _, _, _ = compare(old or [], [root], NOW)
    return item.reasons


def fingerprints(items: list[ChangedRoot]) -> set[str]:
    return {item.fingerprint for item in items}


# --- properties ------------------------------------------------------------------------------

ROOTS = st.builds(
    Root,
    fingerprint=st.sampled_from([digit * 40 for digit in "0123456789"]),
    subject=st.sampled_from(["CN=X", "CN=Y"]),
    not_after=st.sampled_from([None, PAST, FUTURE]),
    name=st.sampled_from([None, "CN=X", "CN=Y"]),
    key=st.sampled_from([None, "k", "l"]),
    stays=st.sampled_from([None, [], [Stay("mozilla", DAY, DAY, "certifi 1", True)]]),
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


def test_the_same_key_under_another_name() -> None:
    old = Root(A, "CN=X", not_after=PAST, name="CN=X", key="k")
    new = Root(B, "CN=Y", not_after=FUTURE, name="CN=Y", key="k")
    words = "same key under another name: {} ({}…)"
    assert reasons_for_removing(old, [new])[1:] == [words.format("Y", B[:12])]
    assert reasons_for_adding(new, [old])[1:] == [words.format("X", A[:12])]


STATE = "C=NL, O={}, CN={}"
G2 = Root(
    A,
    "",
    datetime(2008, 3, 26, tzinfo=UTC),
    PAST,
    STATE.format("Staat der Nederlanden", "Root CA - G2"),
    "k",
    "RSA",
)
G3 = replace(
    G2,
    fingerprint=B,
    name=STATE.format("Staat der Nederlanden", "Root CA - G3"),
    key="l",
    not_before=datetime(2013, 11, 14, tzinfo=UTC),
    not_after=FUTURE,
)


def test_the_next_generation_is_the_successor() -> None:
    assert reasons_for_removing(G2, [G3]) == [
        "expired 2020-05-30",
        f"successor: Root CA - G3 ({B[:12]}…, added)",
    ]
    assert reasons_for_adding(G3, [G2]) == [
        "expires 2035-06-04",
        f"successor to Root CA - G2 ({A[:12]}…, dropped)",
    ]
    _, (removed,), _, _ = compare([G2, G3], [G3], NOW)
    assert removed.reasons[1] == f"successor: Root CA - G3 ({B[:12]}…, kept)"
    assert removed.facts[1] == Fact("successor", FUTURE.date(), B)
    (added,), _, _, _ = compare([G2], [G2, G3], NOW)
    assert added.reasons[1] == f"successor to Root CA - G2 ({A[:12]}…, kept)"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("O=Entrust, CN=Root", "O=Entrust, CN=Root - G4"),
        ("O=GlobalSign nv-sa, CN=Root R2", "O=GlobalSign, CN=Root R3"),
        ("O=Disig a.s., CN=Root 2011", "O=Disig A.S, CN=Root 2015"),
        ("O=X, OU=Root - R2, CN=X", "O=X, OU=Root - R3, CN=X"),
        ("O=X, CN=X Class 3 Root CA II", "O=X, CN=X Class 3 Root CA III"),
        ("O=X, CN=RootCA2", "O=X, CN=RootCA11"),
        ("O=X, CN=Root 2", "O=X, CN=Root 2 G3"),
    ],
)
def test_what_counts_generations(old: str, new: str) -> None:
    given = reasons_for_removing(replace(G2, name=old), [replace(G3, name=new)])
    assert given[1].startswith("successor: ")
    back = reasons_for_removing(replace(G2, name=new), [replace(G3, name=old)])
    assert not any("successor" in words for words in back)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "C=NL, O=Staat der Nederlanden, CN=EV Root CA"},
        {"name": "C=NL, O=Staat der Nederlanden, CN=Root CA - G1"},
        {"name": "C=NL, O=Staat der Nederlanden, CN=Root CA Class 3"},
        {"name": "C=NL, O=Staat der Nederlanden, CN=Root CA 3 - G3"},
        {"key_type": "EC"},
        {"not_before": datetime(2009, 3, 25, tzinfo=UTC)},  # a sibling of the same year
    ],
    ids=str,
)
def test_others_of_the_same_organisation_are_no_successors(changes: dict[str, Any]) -> None:
    other = replace(G3, **changes)
    label = names.parse(str(other.name)).label
    _, (item,), _, _ = compare([G2], [other], NOW)
    assert item.reasons[1:] == [f"later roots of the same organisation: {label}"]
    assert item.facts[1:] == [Fact("same-organisation", FUTURE.date(), B)]
    assert reasons_for_adding(other, [G2]) == ["expires 2035-06-04"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "C=DE, O=Staat der Nederlanden, CN=Root CA - G3"},
        {"name": "C=NL, O=Staat der Niederlande, CN=Root CA - G3"},
        {"name": "C=NL, CN=Root CA - G3"},
        {"not_after": NOW - timedelta(seconds=1)},  # it ends later, but has ended
        {"not_before": datetime(2007, 3, 26, tzinfo=UTC)},
        {"name": None},
    ],
    ids=str,
)
def test_what_is_no_later_root_of_the_same_organisation(changes: dict[str, Any]) -> None:
    assert reasons_for_removing(G2, [replace(G3, **changes)]) == ["expired 2020-05-30"]


def test_without_an_organisation_nobody_is_the_same() -> None:
    old, new = replace(G2, name="CN=Root CA - G2"), replace(G3, name="CN=Root CA - G3")
    assert reasons_for_removing(old, [new]) == ["expired 2020-05-30"]


def stay(programme: str, first: str, last: str, is_present: bool) -> Stay:
    return Stay(programme, date.fromisoformat(first), date.fromisoformat(last), "x 1", is_present)


@pytest.mark.parametrize(
    ("stays", "removed", "added"),
    [
        (None, [], []),
        ([], ["never seen in any store"], ["never seen in any store"]),
        (
            [stay("aosp", "2016-06-04", "2020-09-08", False)],
            ["in no store now", "last seen: Android 2020-09-08"],
            ["in no store now", "last seen: Android 2020-09-08"],
        ),
        (
            [
                stay("apple", "2016-02-01", "2025-12-28", True),
                stay("microsoft", "2016-02-01", "2018-08-04", False),
                stay("mozilla", "2014-05-14", "2026-05-03", True),
            ],
            ["still in store: Mozilla, Apple", "last seen: Microsoft 2018-08-04"],
            [
                "in store: Mozilla since 2014-05-14, Apple since 2016-02-01",
                "last seen: Microsoft 2018-08-04",
            ],
        ),
    ],
)
def test_the_programmes_stores_are_a_reason(
    stays: list[Stay] | None, removed: list[str], added: list[str]
) -> None:
    root = Root(A, "CN=X", not_after=PAST, stays=stays)
    assert reasons_for_removing(root) == ["expired 2020-05-30", *removed]
    assert reasons_for_adding(root) == ["expired 2020-05-30", *added]


def test_facts_say_what_reasons_rest_on() -> None:
    stays = [
        stay("apple", "2016-02-01", "2025-12-28", True),
        stay("mozilla", "2014-05-14", "2019-11-28", False),
    ]
    _, (item,), _, _ = compare([Root(A, "CN=X", not_after=PAST, stays=stays)], [], NOW)
    assert item.facts == [
        Fact("expired", date(2020, 5, 30)),
        Fact("in-store", date(2016, 2, 1), programme="apple"),
        Fact("left-store", date(2019, 11, 28), programme="mozilla"),
    ]


@pytest.mark.parametrize(
    ("fingerprint", "subject", "known_as"),
    [
        ("02faf3e291435468607857694df5e45b68851868", "O=AddTrust AB, CN=AddTrust", "Sectigo"),
        ("02faf3e291435468607857694df5e45b68851868", "O=Sectigo Ltd", None),
        ("dac9024f54d8f6df94935fb1732638ca6ad77c13", "CN=DST Root CA X3", None),
        ("75e0abb6138512271c04f85fddde38e4b7242efe", "O=GlobalSign", "Google Trust Services"),
        (A, "CN=X", None),
    ],
)
def test_microsofts_name_is_told_if_it_names_another(
    fingerprint: str, subject: str, known_as: str | None
) -> None:
    _, (item,), _, _ = compare([Root(fingerprint, subject)], [], NOW)
    assert item.known_as == known_as


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
    (item,) = changed
    assert (item.fingerprint, item.subject) == (A, "CN=Y")
    assert item.reasons == ["printed as CN=X before", reason]
    assert item.facts[0] == Fact("renamed")


# --- from the database -----------------------------------------------------------------------


def test_the_fields_are_the_keys_that_the_design_fixes() -> None:
    assert [field.name for field in fields(Diff) if field.metadata != NOT_WRITTEN] == [
        "old",
        "new",
        "added",
        "removed",
        "changed",
        "unchanged",
        "as_of",
        "servers",
    ]
    assert [field.name for field in fields(ReleaseId)] == ["product", "firmware", "revision"]
    assert [field.name for field in fields(ChangedRoot)] == [
        "fingerprint",
        "subject",
        "not_before",
        "not_after",
        "reasons",
        "known_as",
        "facts",
    ]


def test_two_releases_are_compared_with_all_the_evidence(loader: SnapshotLoader) -> None:
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
    loader.load({"12.7(1)": [gone, kept, Printed(changed, subject="CN=X"), unknown]})
    loader.load({"12.8(1)": [changed, again, kept]}, sightings=sightings)
    answer = diff(loader.engine, "12.7", "12.8", as_of=date(2020, 6, 1))
    assert answer == Diff(
        old=ReleaseId("8800", "12.7(1)", 1),
        new=ReleaseId("8800", "12.8(1)", 1),
        added=[
            ChangedRoot(
                again.fingerprint,
                "CN=gone",
                start,
                FUTURE,
                [
                    "expires 2035-06-04",
                    f"re-issue of {gone.fingerprint[:12]}… (same name and key, new certificate)",
                    "in store: Mozilla since 2026-05-03",
                ],
                None,
                [
                    Fact("valid", FUTURE.date()),
                    Fact("reissued", PAST.date(), gone.fingerprint),
                    Fact("in-store", newest, programme="mozilla"),
                ],
            )
        ],
        removed=[
            ChangedRoot(
                gone.fingerprint,
                "CN=gone",
                start,
                PAST,
                [
                    "expired 2020-05-30",
                    f"re-issued as {again.fingerprint[:12]}… (same name and key, new certificate)",
                    "still in store: Apple",
                    "last seen: Mozilla 2019-11-28",
                ],
                None,
                [
                    Fact("expired", PAST.date()),
                    Fact("reissued", FUTURE.date(), again.fingerprint),
                    Fact("in-store", left, programme="apple"),
                    Fact("left-store", left, programme="mozilla"),
                ],
            ),
            ChangedRoot(
                unknown.root.fingerprint,
                "CN=unknown",
                None,
                None,
                ["certificate unknown", "never seen in any store"],
                None,
                [Fact("unknown-certificate"), Fact("never-in-store")],
            ),
        ],
        changed=[
            ChangedRoot(
                changed.fingerprint,
                "CN=changed",
                start,
                datetime(2040, 1, 1, tzinfo=UTC),
                ["printed as CN=X before", "the new name is the certificate's"],
                None,
                [Fact("renamed")],
            )
        ],
        unchanged=1,
        as_of=NOW,
        servers=[
            ServerChange(
                root=gone.fingerprint,
                certificate=gone.fingerprint,
                subject="CN=gone",
                issuer="CN=gone",
                is_cross=False,
                old="refused",
                new="refused",  # by OpenSSL 3: its roots don't say that they are CAs
                through=None,
            )
        ],
    )


def test_without_sightings_nothing_is_said_of_stores(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [new_root("A", PAST)], "12.8(1)": [new_root("B", FUTURE)]})
    answer = diff(loader.engine, "12.7", "12.8", as_of=date(2020, 6, 1))
    assert [item.reasons for item in answer.removed] == [["expired 2020-05-30"]]
    assert [item.reasons for item in answer.added] == [["expires 2035-06-04"]]


def test_revisions_of_a_release_are_compared(loader: SnapshotLoader) -> None:
    root = new_root("A")
    loader.load({"12.7(1)": [root]}, document="first")
    loader.load({"12.7(1)": [root, new_root("B")]}, document="second")
    answer = diff(loader.engine, "12.7@1", "12.7")
    assert (answer.old.revision, answer.new.revision) == (1, 2)
    assert [item.subject for item in answer.added] == ["CN=B"]


def test_a_release_that_is_not_loaded_is_refused(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [new_root("A")]})
    with pytest.raises(UsageError, match="12\\.8 is not loaded"):
        diff(loader.engine, "12.7", "12.8")
