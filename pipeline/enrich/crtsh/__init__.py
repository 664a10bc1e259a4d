"""crt.sh as a source: its public PostgreSQL for many fingerprints, its web side for few.

Only asked when the user says so. Whatever it sends is taken only if it has the SHA-1 asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from pipeline.enrich.crtsh import sql
from pipeline.enrich.crtsh.service import Service, UnavailableError
from pipeline.enrich.crtsh.web import Web
from pipeline.enrich.source import IncompleteError

__all__ = ["CrtSh", "Service"]

_MANY: Final = 5
_HOPELESS: Final = 2

Progress = Callable[[int, int], None]


class CrtSh:
    """The certificates that crt.sh knows."""

    name = "crt.sh"

    def __init__(
        self,
        service: Service | None = None,
        progress: Progress = lambda done, total: None,
        skip: Collection[str] = (),
    ):
        """Use `service`, a mirror perhaps; call `progress` with the look-ups done and in total.

        It isn't asked for the fingerprints in `skip`: it didn't have them lately.
        """
        self._service = service or Service()
        self._progress = progress
        self._skip = frozenset(skip)

    def find(self, fingerprints: Collection[str]) -> dict[str, bytes]:
        """Give the DER of each certificate crt.sh has among these.

        Raises `IncompleteError` if it didn't answer for all of them.
        """
        wanted = [each for each in fingerprints if each not in self._skip]
        found: dict[str, bytes] = {}
        self._progress(0, len(wanted))
        if len(wanted) >= _MANY and self._service.dsn:
            found, is_complete = self._find_by_sql(wanted)
            if is_complete:
                self._progress(len(wanted), len(wanted))
                return found
        return self._find_by_web(wanted, found)

    def _find_by_sql(self, wanted: Sequence[str]) -> tuple[dict[str, bytes], bool]:
        """Give what was found, and whether that is all there is.

        A server that sends what it wasn't asked for isn't believed when it says nothing, either.
        """
        try:
            rows = sql.certificates(self._service, wanted)
        except UnavailableError:
            return {}, False
        return {each: rows[each] for each in wanted if each in rows}, rows.keys() <= set(wanted)

    def _find_by_web(self, wanted: Sequence[str], found: dict[str, bytes]) -> dict[str, bytes]:
        absent: set[str] = set()
        reasons: list[str] = []
        failures_in_a_row = 0
        with Web(self._service) as web:
            for fingerprint in [each for each in wanted if each not in found]:
                try:
                    der = web.certificate(fingerprint)
                except UnavailableError as error:
                    reasons.append(str(error))
                    failures_in_a_row += 1
                    if error.is_final or failures_in_a_row == _HOPELESS:
                        break
                    continue
                failures_in_a_row = 0
                if der is None:
                    absent.add(fingerprint)
                else:
                    found[fingerprint] = der
                self._progress(len(found) + len(absent), len(wanted))
        if reasons:
            raise IncompleteError(
                f"crt.sh: {len(wanted) - len(found) - len(absent)} of {len(wanted)} certificates "
                f"could not be looked up: {'; '.join(dict.fromkeys(reasons))}.",
                found,
                absent,
            )
        return found
