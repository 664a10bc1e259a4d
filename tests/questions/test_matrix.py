"""Which of several lists have which roots, and when each came and went."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.firmware import ReleaseId
from pipeline.questions.matrix import Matrix, compare
from pipeline.questions.trust_list_root import Root
from pipeline.report.answers import matrix as report
from pipeline.report.model import Grid

DIGITS = st.sets(st.sampled_from("0123456789"))


def matrix(*lists: str | set[str], releases: list[ReleaseId] | None = None) -> Matrix:
    """Make one of lists of digits, each a root."""
    named = releases or [ReleaseId("P", f"12.{at}(1)", 1) for at in range(len(lists))]
    return compare(named, [[Root(each * 40, f"CN={each}") for each in one] for one in lists])


@given(st.lists(DIGITS, min_size=1, max_size=8))
def test_every_cell_is_what_the_list_says(lists: list[set[str]]) -> None:
    made = matrix(*lists)
    everywhere = set.intersection(*lists)
    assert made.everywhere == len(everywhere)
    assert {root.subject[-1] for root in made.roots} == set.union(*lists) - everywhere
    for root in made.roots:
        assert root.trusted == [root.subject[-1] in each for each in lists]
    for at, step in enumerate(made.steps):
        before = lists[max(at - 1, 0)]
        assert (step.roots, step.added, step.removed) == (
            len(lists[at]), len(lists[at] - before), len(before - lists[at])
        )  # fmt: skip


@given(st.lists(DIGITS, min_size=1, max_size=8))
def test_comings_and_goings_lead_from_the_first_cell_to_all_others(lists: list[set[str]]) -> None:
    made = matrix(*lists)
    for root in made.roots:
        states = [root.trusted[0]]
        for step in made.steps[1:]:
            came, left = step.name in root.came, step.name in root.left
            assert not (came and left)
            states.append((states[-1] or came) and not left)
        assert states == root.trusted


def test_a_root_that_came_back() -> None:
    (root,) = matrix("ab", "b", "ab", "b").roots
    assert (root.came, root.left) == (["12.2(1)"], ["12.1(1)", "12.3(1)"])


def test_the_last_to_leave_come_first_and_the_last_to_come_last() -> None:
    made = matrix("abx", "cbx", "cdx")
    assert [root.subject for root in made.roots] == ["CN=b", "CN=a", "CN=c", "CN=d"]


def test_a_root_that_is_printed_under_two_names_is_no_root_alike() -> None:
    lists = [[Root("a" * 40, "CN=old")], [Root("a" * 40, "CN=new")], [Root("a" * 40, "CN=new")]]
    made = compare([ReleaseId("P", f"12.{at}(1)", 1) for at in range(3)], lists)
    assert (made.everywhere, made.roots[0].subject) == (0, "CN=new")
    assert made.roots[0].other_subjects == ["CN=old"]


def test_releases_are_named_so_that_they_can_be_told_apart() -> None:
    def names(*releases: ReleaseId) -> list[str]:
        return [step.name for step in matrix(*["a"] * len(releases), releases=[*releases]).steps]

    one, two = ReleaseId("P", "12.7(1)", 1), ReleaseId("P", "12.8(1)", 1)
    assert names(one, two) == ["12.7(1)", "12.8(1)"]
    assert names(one, ReleaseId("P", "12.7(1)", 2), two) == ["12.7(1)@1", "12.7(1)@2", "12.8(1)"]
    assert names(one, ReleaseId("Q", "12.7(1)", 1)) == ["12.7(1) of P", "12.7(1) of Q"]


def test_phones_of_one_kind_are_no_release_after_those_of_another() -> None:
    releases = [
        ReleaseId("P", "12.7(1)", 1),
        ReleaseId("Q", "9.1(1)", 1),
        ReleaseId("P", "12.8(1)", 1),
    ]
    made = matrix("ab", "cd", "bc", releases=releases)
    assert [(step.added, step.removed) for step in made.steps] == [(0, 0), (0, 0), (1, 1)]
    changes = {root.subject[-1]: (root.came, root.left) for root in made.roots}
    last = ["12.8(1) of P"]
    assert changes == {"a": ([], last), "b": ([], []), "c": (last, []), "d": ([], [])}
    grid = report.report(made).blocks[1]
    assert isinstance(grid, Grid)
    assert [row[2:] for row in grid.rows] == [("", ""), ("", ""), ("1", "1")]


def test_many_releases_have_no_column_each() -> None:
    lists = ["ab" if at < 30 else "bc" for at in range(50)]
    made = report.report(matrix(*lists))
    grid = made.blocks[-1]
    assert isinstance(grid, Grid)
    assert [column.title for column in grid.columns][:2] == ["added in", "removed in"]
    assert [list(row[:2]) for row in grid.rows] == [["", "12.30(1)"], ["12.30(1)", ""]]
    assert made.columns[-50:] == tuple(f"12.{at}(1)" for at in range(50))
