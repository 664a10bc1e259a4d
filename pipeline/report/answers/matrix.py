"""The report of which of several releases trust which roots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.questions.matrix import Matrix, MatrixRoot
from pipeline.report.model import (
    Block,
    Column,
    Fold,
    Grid,
    Headline,
    Metric,
    PageBlock,
    Paragraph,
    Report,
    TestedCase,
    iso,
)
from pipeline.report.words import count, listed, typed
from pipeline.x509.names import label

_MOST_COLUMNS: Final = 4
"""More releases than these leave no room for the subject in 80 columns."""


def report(matrix: Matrix) -> Report:
    """Say what each release added and removed, then where each root is that isn't everywhere."""
    names = [step.name for step in matrix.steps]
    head: list[Block] = [Paragraph(_lead(matrix), is_lead=True), _steps(matrix)]
    whole = [_by_release(matrix, names)] if matrix.roots else []
    short = [_by_change(matrix)] if matrix.roots and len(names) > _MOST_COLUMNS else whole
    renamed = list(_renamed(matrix))
    return Report(
        data=matrix,
        columns=("fingerprint", "subject", "not_before", "not_after", "came", "left", *names),
        records=[
            (r.fingerprint, r.subject, r.not_before, r.not_after, r.came, r.left, *r.trusted)
            for r in matrix.roots
        ],
        blocks=[*head, *short, *renamed],
        page=[*_folded(head), *_grouped(matrix, names), *renamed],
        cases=_cases(matrix, names),
        metrics=[
            Metric(
                "trustlist_release_roots",
                "Roots that a release trusts.",
                ("release",),
                [((step.name,), float(step.roots)) for step in matrix.steps],
            )
        ],
        headline=_headline(matrix),
        releases=list(dict.fromkeys(step.release for step in matrix.steps)),
    )


def _headline(matrix: Matrix) -> Headline:
    differing, steps = len(matrix.roots), matrix.steps
    if not differing:
        return Headline(_lead(matrix), "unchanged", f"{matrix.everywhere:,}", "roots in all")
    todo = ""
    if len(steps) > 1 and steps[-2].release.product == steps[-1].release.product:
        old, new = (each.release for each in steps[-2:])
        command = typed("diff", old.name, new.name, "--product", new.product)
        todo = f"{command} says why the last changed."
    last = steps[-1]
    concerns = f"{last.name} is the last: it adds {last.added:,} and drops {last.removed:,}."
    unit = "root isn't in all of them" if differing == 1 else "roots aren't in all of them"
    return Headline(_lead(matrix), "changed", f"{differing:,}", unit, todo, concerns)


def _cases(matrix: Matrix, names: Sequence[str]) -> list[TestedCase]:
    """Give a failure for each root that isn't everywhere; none is a pass."""
    found = [
        TestedCase(
            f"{label(root.subject)} ({root.fingerprint})",
            "failed",
            f"trusted by {listed([n for n, has in zip(names, root.trusted, strict=True) if has])}",
        )
        for root in matrix.roots
    ]
    return found or [TestedCase(f"{listed(list(names))} trust the same roots", "passed")]


def _lead(matrix: Matrix) -> str:
    names = [step.name for step in matrix.steps]
    many = len(names) > _MOST_COLUMNS
    releases = f"{len(names)} releases, {names[0]} to {names[-1]}" if many else listed(names)
    everywhere = count(matrix.everywhere, "root")
    if not matrix.roots:
        return f"The same {everywhere} {_are(matrix.everywhere)} trusted by {releases}."
    total = len(matrix.roots) + matrix.everywhere
    return (
        f"{count(total, 'root')} {_are(total)} trusted by one or more of {releases}; "
        f"{matrix.everywhere:,} of them by all."
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _steps(matrix: Matrix) -> Grid:
    columns = (
        Column("release", "word"),
        Column("roots", "number"),
        Column("added", "number"),
        Column("removed", "number"),
    )
    rows = []
    products: set[str] = set()
    for step in matrix.steps:
        is_first = step.release.product not in products
        products.add(step.release.product)
        numbers = ("", "") if is_first else (str(step.added), str(step.removed))
        rows.append((step.name, str(step.roots), *numbers))
    return Grid(columns, rows)


def _by_release(matrix: Matrix, names: Sequence[str]) -> Grid:
    columns = [*(Column(name, "word") for name in names), *_ROOT]
    rows = [
        ["yes" if each else "–" for each in root.trusted] + _root(root) for root in matrix.roots
    ]
    return Grid(columns, rows)


def _folded(head: Sequence[Block]) -> Iterator[PageBlock]:
    """Fold the releases on a page, if they are many."""
    for block in head:
        if isinstance(block, Grid) and len(block.rows) > _MOST_COLUMNS:
            yield Fold(count(len(block.rows), "release"), [block])
        else:
            yield block


def _grouped(matrix: Matrix, names: Sequence[str]) -> Iterator[Grid]:
    """Show on a page first what left, then what came, then what came and went in between."""
    groups: dict[str, list[MatrixRoot]] = {"Left": [], "Came": [], "Others": []}
    for root in matrix.roots:
        first, last = root.trusted[0], root.trusted[-1]
        group = "Left" if first and not last else "Came" if last and not first else "Others"
        groups[group].append(root)
    marks = [Column(name, "mark") for name in names]
    for group, roots in groups.items():
        rows = [
            (
                label(root.subject) or root.fingerprint,
                *("yes" if each else "–" for each in root.trusted),
                *_root(root),
            )
            for root in roots
        ]
        if rows:
            yield Grid([Column("root"), *marks, *_ROOT], rows, f"{group} ({len(rows):,})")


def _by_change(matrix: Matrix) -> Grid:
    columns = [Column("added in"), Column("removed in"), *_ROOT]
    rows = [[", ".join(root.came), ", ".join(root.left), *_root(root)] for root in matrix.roots]
    return Grid(columns, rows)


_ROOT: Final = (Column("until", "word"), Column("fingerprint", "fingerprint"), Column("subject"))


def _root(root: MatrixRoot) -> list[str]:
    until = iso(root.not_after.date()) if root.not_after else ""
    return [until, root.fingerprint, root.subject]


def _renamed(matrix: Matrix) -> list[Block]:
    return [
        Paragraph(f"{root.fingerprint} is printed as {listed([*root.other_subjects])}, too.")
        for root in matrix.roots
        if root.other_subjects
    ]
