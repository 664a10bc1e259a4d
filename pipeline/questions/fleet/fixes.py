"""What brings phones back, by how many; everything in it was tried by `pipeline.check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from pipeline.check.answer import Remedy, Verdict
from pipeline.firmware import Firmware, ReleaseId
from pipeline.questions.fleet.fleet_answer import Fix
from pipeline.questions.fleet.running_releases import Running
from pipeline.questions.fleet.verdicts import Needs, Results, verdict_of

MOST_STEPS: Final = 4
"""Steps of a combined fix at most: one for each of several chains, or a change and an upgrade."""
_MOST_OPTIONS: Final = 12
"""Steps that are tried in combinations: the best so many."""
_EFFORT: Final = ("stop-sending", "send", "replace", "renew", "wait", "upgrade", "other-ca")


@dataclass(frozen=True)
class Action:
    """One thing to do: change what a server sends (that of ``chain``), or upgrade phones.

    ``accepted`` says which releases accept the chain then. ``target`` is what older releases of its
    product, if they refuse, are upgraded to.
    """

    summary: str
    effort: int
    is_tested: bool = True
    chain: int | None = None
    accepted: frozenset[ReleaseId] = frozenset()
    target: ReleaseId | None = None

    def goes_with(self, other: Action) -> bool:
        """Whether both can be done: of one chain, or for one product, only one thing can."""
        if self.target and other.target:
            return self.target.product != other.target.product
        return self.chain is None or self.chain != other.chain


@dataclass(frozen=True)
class _Effect:
    """What some steps do to the phones."""

    steps: Sequence[Action]
    brings_back: int = 0
    loses: int = 0
    upgrades: int = 0
    over_mra: int = 0
    releases: Sequence[str] = field(default=())

    @property
    def gain(self) -> int:
        return self.brings_back - self.over_mra - self.loses

    @property
    def rank(self) -> tuple[int, int, int, str]:
        effort = sum(each.effort for each in self.steps)
        return -self.gain, len(self.steps), effort, _joined(self.steps)


class Fixes:
    """Finds what helps the phones of some releases.

    ``results`` has for each chain what the releases say. ``needs``: a phone needs all chains, or
    any of them.
    """

    def __init__(
        self,
        running: Sequence[Running],
        results: Sequence[Results],
        needs: Needs,
        *,
        is_mra_known: bool,
    ) -> None:
        self._running = [each for each in running if each.judged_as]
        self._results = results
        self._needs = needs
        self._is_mra_known = is_mra_known
        self._now = {
            release: self._verdict(release, ())
            for each in self._running
            if (release := each.judged_as)
        }

    def found(self) -> list[Fix]:
        """Give the fixes, the best first; what brings nobody back is none."""
        refused = sum(
            each.phones
            for each in self._running
            if each.judged_as and self._now[each.judged_as] == "refused"
        )
        if not refused:
            return []
        effects = [self._effect((step,)) for step in [*self._changes(), *self._upgrades()]]
        effects = sorted(
            (each for each in effects if each.brings_back > each.loses), key=lambda each: each.rank
        )
        single = _least_targets(effects)
        best = single[0].gain if single else 0
        combined = [] if best >= refused else self._combined(single, best, refused)
        return [self._fix(each) for each in [*combined, *single]]

    def for_release(self, each: Running, fixes: Sequence[Fix]) -> str:
        """Give the best fix that helps the phones of a release."""
        name = self._named(each)
        return next((fix.summary for fix in fixes if name in fix.releases), "")

    def _named(self, each: Running) -> str:
        has_products = len({release.product for release in self._now}) > 1
        return f"{each.firmware} ({each.product})" if has_products else f"{each.firmware}"

    # --- the steps there are ------------------------------------------------------------------

    def _changes(self) -> Iterator[Action]:
        """Give each remedy on a server that `check` has for a release.

        Also for one that no phone runs yet: it may be what phones are upgraded to.
        """
        for place, results in enumerate(self._results):
            helped: dict[tuple[str, tuple[str, ...]], list[tuple[ReleaseId, Remedy]]] = {}
            for release, result in results.items():
                for each in result.remedies:
                    if each.kind != "upgrade":
                        key = each.summary, tuple(each.certificates)
                        helped.setdefault(key, []).append((release, each))
            for cured in helped.values():
                yield self._change(place, cured)

    def _change(self, place: int, cured: Sequence[tuple[ReleaseId, Remedy]]) -> Action:
        remedy = cured[0][1]
        broken = {
            (release.product, firmware) for release, each in cured for firmware in each.breaks
        }
        unharmed = {
            release
            for release, result in self._results[place].items()
            if result.verdict == "accepted" and (release.product, release.firmware) not in broken
        }
        where = f" ({self._source(place)})" if len(self._results) > 1 else ""
        return Action(
            f"{remedy.summary}{where}",
            _EFFORT.index(remedy.kind) if remedy.kind in _EFFORT else len(_EFFORT),
            all(each.is_tested for _, each in cured),
            place,
            frozenset(unharmed | {release for release, _ in cured}),
        )

    def _source(self, place: int) -> str:
        return f"chain {place + 1}"

    def _upgrades(self) -> Iterator[Action]:
        """Offer each loaded release that is newer than one that refuses."""
        old = [release for release, verdict in self._now.items() if verdict == "refused"]
        for target in self._results[0]:
            if any(_is_newer(target, each) for each in old):
                summary = f"upgrade to {target.firmware}"
                yield Action(summary, _EFFORT.index("upgrade"), target=target)

    # --- what they do -------------------------------------------------------------------------

    def _verdict(self, release: ReleaseId, steps: Sequence[Action]) -> Verdict:
        """Give what phones of a release say after some steps have been done on servers."""
        changed = {each.chain: each for each in steps if each.chain is not None}
        verdicts: list[Verdict] = []
        for place, results in enumerate(self._results):
            verdict = results[release].verdict
            if place in changed and verdict != "unknown":
                verdict = "accepted" if release in changed[place].accepted else "refused"
            verdicts.append(verdict)
        return verdict_of(verdicts, self._needs)

    def _effect(self, steps: Sequence[Action]) -> _Effect:
        targets = {each.target.product: each.target for each in steps if each.target}
        brings_back = loses = upgrades = over_mra = 0
        releases: dict[str, None] = {}
        for each in self._running:
            release = each.judged_as
            if release is None or self._now[release] == "unknown":
                continue
            then = self._verdict(release, steps)
            target = targets.get(release.product)
            is_upgraded = then == "refused" and target and _is_newer(target, release)
            if is_upgraded and target:
                then = self._verdict(target, steps)
            if self._now[release] == "refused" and then == "accepted":
                brings_back += each.phones
                upgrades += each.phones if is_upgraded else 0
                over_mra += each.over_mra if is_upgraded else 0
                releases[self._named(each)] = None
            elif self._now[release] == "accepted" and then != "accepted":
                loses += each.phones
        return _Effect(steps, brings_back, loses, upgrades, over_mra, list(releases))

    def _combined(self, single: Sequence[_Effect], best: int, refused: int) -> list[_Effect]:
        """Give the smallest combination that brings back most, if that is more than one step does.

        A phone may need several chains: a step that helps nobody alone is tried as well.
        """
        known = [each.steps[0] for each in single]
        others = [each for each in [*self._changes(), *self._upgrades()] if each not in known]
        options = [*known, *others][:_MOST_OPTIONS]
        found: _Effect | None = None
        for size in range(2, MOST_STEPS + 1):
            for steps in combinations(options, size):
                if not all(one.goes_with(other) for one, other in combinations(steps, 2)):
                    continue
                effect = self._effect(steps)
                if effect.gain > best and (found is None or effect.rank < found.rank):
                    found = effect
            if found and found.gain > best:
                best = found.gain
            if best >= refused:
                break
        return [found] if found else []

    def _fix(self, effect: _Effect) -> Fix:
        first = effect.steps[0]
        return Fix(
            kind="combined" if len(effect.steps) > 1 else "upgrade" if first.target else "server",
            summary=_joined(effect.steps),
            steps=[each.summary for each in effect.steps],
            brings_back=effect.brings_back,
            loses=effect.loses,
            upgrades=effect.upgrades,
            over_mra=effect.over_mra if self._is_mra_known else None,
            is_tested=all(each.is_tested for each in effect.steps),
            releases=list(effect.releases),
        )


def _least_targets(effects: Sequence[_Effect]) -> list[_Effect]:
    """Of upgrades within a product that help the same phones, keep that to the oldest release."""
    kept: dict[tuple[object, ...], _Effect] = {}
    for each in effects:
        target = each.steps[0].target
        key = (target.product, *each.releases) if target else (each.steps[0],)
        before = kept.get(key)
        if before and target and (old := before.steps[0].target) and not _is_newer(old, target):
            continue
        kept[key] = each
    return sorted(kept.values(), key=lambda each: each.rank)


def _is_newer(each: ReleaseId, other: ReleaseId) -> bool:
    is_later = Firmware.parse(each.firmware) > Firmware.parse(other.firmware)
    return each.product == other.product and is_later


def _joined(steps: Sequence[Action]) -> str:
    *most, last = [each.summary for each in steps]
    return f"{', '.join(most)} and {last}" if most else last
