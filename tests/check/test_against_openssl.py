"""The judge of path building is OpenSSL itself, over thousands of small PKIs made at random.

Each PKI is put to the real library and to ours; verdict, error, depth and path must be the same,
in both orders of looking for issuers. `trusted-first` follows the current OpenSSL (3),
`untrusted-first` OpenSSL 1.0.2, which `fetch_openssl.py` fetches if it can.
`find_differences.py` goes on with other seeds, and shrinks what it finds.
"""

from __future__ import annotations

import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from pipeline import catalogue
from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.codes import Code, words
from pipeline.check.openssl.link import link
from pipeline.check.openssl.outcome import BuilderName, can_issue, verify
from pipeline.check.openssl.profile import OpenSSL
from pipeline.x509.certificate import UnreadableCertificateError, read
from tests.check import find_differences
from tests.check.judging import (
    LIBRARIES,
    Library,
    differences,
    in_our_numbers,
    number_of,
    prediction,
    question,
)
from tests.check.libcrypto import Judge, Question
from tests.check.pki import DSA, ED25519, P384, PSS, RSA, Pki, Recipe, build, chain
from tests.check.random_pki import NAMES, TREES, make

PKIS = {"3": 2000, "3.5": 1000, "1.0.2": 1000}
CONSTRAINTS = ("permitted", "excluded")
ORDERS = pytest.mark.parametrize(
    "trusted_first", [True, False], ids=["trusted-first", "untrusted-first"]
)
EACH_LIBRARY = pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)


@ORDERS
@EACH_LIBRARY
def test_random_pkis_are_judged_alike(
    library: Library, trusted_first: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    pkis = [make(Random(seed)) for seed in range(PKIS[library.series])]
    questions = [question(pki, trusted_first=trusted_first) for pki in pkis]
    with Judge(library.path_or_skip()) as judge:
        verdicts = judge.ask(questions)
    found = list(differences(pkis, questions, verdicts, library.series))
    unexplained = [each for each in found if not each.explanation(library.series)]
    with capsys.disabled():
        order = "trusted first" if trusted_first else "untrusted first"
        print(
            f"\n{judge.version}, {order}: {len(pkis)} PKIs, {len(found)} differences, "
            f"{len(unexplained)} of them unexplained",
            file=sys.stderr,
        )
        counts = Counter(verdict.error for verdict in verdicts)
        for error, count in counts.most_common():
            print(f"{count:6} {error:2} {judge.words(error)}", file=sys.stderr)
    assert not unexplained, "\n\n".join(map(str, unexplained[:5]))


@EACH_LIBRARY
def test_each_form_of_a_name_is_held_against_each_constraint_alike(library: Library) -> None:
    """Names and constraints of every form, right and wrong, by twos; one in four of the pairs."""
    pairs = [(name, tree, kind) for name in NAMES for tree in TREES for kind in CONSTRAINTS]
    pkis = [_constrained(*each) for each in Random(4).sample(pairs, len(pairs) // 4)]
    _judge_alike(library, pkis)


def _constrained(name: str, tree: str, kind: str) -> Pki:
    ca = Recipe(subject="CN=CA", key=1, serial=2, **{kind: (tree,)})  # type: ignore[arg-type]
    server = Recipe("O=Org/CN=server", "CN=CA", 9, 1, 9, ca=None, key_usage=0xA0, names=(name,))
    return chain(server, ca, Recipe())


@EACH_LIBRARY
def test_many_names_and_constraints_are_judged_alike(library: Library) -> None:
    """OpenSSL 3 gives up where names times constraints are over 2^20; 1.0.2 tries them all."""
    names = tuple(f"DNS:h{i}.example" for i in range(1023))  # with the subject, 1024
    trees = tuple(f"DNS:h{i}.example" for i in range(1025))
    for count in (1023, 1024, 1025):
        ca = Recipe(subject="CN=CA", key=1, serial=2, permitted=trees[:count])
        server = Recipe("CN=x", "CN=CA", 9, 1, 9, ca=None, key_usage=0xA0, names=names)
        _judge_alike(library, [chain(server, ca, Recipe())])


@EACH_LIBRARY
def test_damaged_certificates_are_judged_alike(library: Library) -> None:
    """A byte of a server's certificate, or of its issuer's, is another, is missing, or is new."""
    random = Random(11)
    questions = []
    while len(questions) < 600:
        pki = make(Random(random.randrange(10_000)), 3)
        sent = [pki.target_der, *pki.sent_ders][:3]
        place = random.randrange(len(sent))
        sent[place] = _damaged(random, sent[place])
        second = int(pki.at.timestamp())
        is_trusted_first = library.series != "1.0.2"
        questions.append(Question(sent[0], sent, pki.store_ders, second, is_trusted_first))
    with Judge(library.path_or_skip()) as judge:
        verdicts = judge.ask(questions)
    for asked, verdict in zip(questions, verdicts, strict=True):
        at = datetime.fromtimestamp(asked.at, UTC)
        theirs = in_our_numbers(verdict, library.series)
        ours = prediction(asked, at, library.series)
        assert theirs[:2] == ours[:2], [der.hex() for der in asked.sent]
    assert len({verdict.error for verdict in verdicts}) > 5


def _damaged(random: Random, der: bytes) -> bytes:
    place = random.randrange(len(der))
    new = random.choice((b"", random.randbytes(1), der[place : place + 1] + random.randbytes(1)))
    return der[:place] + new + der[place + 1 :]


@EACH_LIBRARY
def test_a_folder_of_certificates_is_judged_alike(library: Library, tmp_path: Path) -> None:
    for seed in range(40):
        ders = [*make(Random(seed)).sent_ders, build(Recipe(serial=seed + 1))]
        blocks = [
            f"-----BEGIN CERTIFICATE-----\n{b64encode(der).decode()}\n-----END CERTIFICATE-----\n"
            for der in ders
        ]
        (tmp_path / f"{seed}.pem").write_text("".join(blocks))
    with Judge(library.path_or_skip()) as judge:
        is_trusted_first = library.series != "1.0.2"
        assert find_differences.found(judge, library.series, is_trusted_first, tmp_path) == 0


def _judge_alike(library: Library, pkis: Sequence[Pki]) -> None:
    questions = [question(pki, trusted_first=library.series != "1.0.2") for pki in pkis]
    with Judge(library.path_or_skip()) as judge:
        verdicts = judge.ask(questions)
    found = list(differences(pkis, questions, verdicts, library.series))
    unexplained = [each for each in found if not each.explanation(library.series)]
    assert not unexplained, "\n\n".join(map(str, unexplained[:5]))


@EACH_LIBRARY
def test_what_a_ca_issues_is_accepted_where_the_ca_is(library: Library) -> None:
    """OpenSSL is asked for a server's certificate of the CA's, which we are not shown."""
    builder: BuilderName = "untrusted-first" if library.series == "1.0.2" else "trusted-first"
    outcomes: Counter[tuple[bool, bool]] = Counter()
    with Judge(library.path_or_skip()) as judge:
        for seed in range(20_000, 21_000):
            pki = make(Random(seed))
            ca = Random(seed).randrange(len(pki.recipes))
            _compare(judge, pki, ca, builder, outcomes)
    assert outcomes[True, True] > 100
    assert outcomes[False, False] > 100
    assert outcomes.keys() == {(True, True), (False, False)}


def _compare(
    judge: Judge, pki: Pki, ca: int, builder: BuilderName, outcomes: Counter[tuple[bool, bool]]
) -> None:
    sent = [build(pki.recipes[ca]), *pki.sent_ders]
    try:
        certificates, _ = list(map(read, sent)), list(map(read, pki.store_ders))
    except UnreadableCertificateError:  # for its times; people can't ask about such
        return
    if not can_issue(certificates[0]) or not _can_issue(pki.recipes[ca]):
        return
    second = int(pki.at.timestamp())
    asked = Question(
        build(_server_of(pki.recipes[ca])), sent, pki.store_ders, second, builder == "trusted-first"
    )
    (verdict,) = judge.ask([asked])
    anchors = Anchors(pki.store_ders)
    outcome = verify(certificates[0], certificates, anchors, pki.at, builder, purpose="issuer")
    outcomes[verdict.error == 0, outcome.ok] += 1
    if verdict.path[1:]:
        openssl = OpenSSL("1.0.2" if builder == "untrusted-first" else "3")
        found = [link(each.der, openssl).encoding for each in outcome.path]  # as OpenSSL writes it
        assert found == list(verdict.path[1:])


def _can_issue(recipe: Recipe) -> bool:
    has_key = recipe.key < 20 or recipe.key in (RSA, P384, ED25519, DSA, PSS)
    return has_key and recipe.subject != ""


def _server_of(issuer: Recipe) -> Recipe:
    """Give a server's certificate with which nothing is amiss."""
    return Recipe(
        subject="",
        issuer=issuer.subject,
        issuer_spelling=issuer.subject_spelling,
        key=8,
        signer=issuer.key,
        serial=77,
        not_before="190101000000Z",
        not_after="400101000000Z",
        ca=None,
        key_usage=None,
        subject_key_id=None,
        authority_key_id=issuer.subject_key_id,
    )


@ORDERS
@EACH_LIBRARY
def test_real_roots_are_judged_alike(library: Library, trusted_first: bool) -> None:
    """Those among them that not every parser reads, too; each is its own store."""
    ders = list(catalogue.find(catalogue.fingerprints()).values())
    at = datetime(2021, 9, 1, tzinfo=UTC)
    second = int(at.timestamp())
    questions = [Question(der, [der], [der], second, trusted_first) for der in ders]
    with Judge(library.path_or_skip()) as judge:
        verdicts = judge.ask(questions)
    assert len(ders) > 800
    for asked, verdict in zip(questions, verdicts, strict=True):
        theirs = in_our_numbers(verdict, library.series)
        assert theirs == prediction(asked, at, library.series), read(asked.target).fingerprint


@EACH_LIBRARY
def test_our_words_are_openssls(library: Library) -> None:
    with Judge(library.path_or_skip()) as judge:
        for code in Code:
            number = number_of(code, library.series)
            if code and not judge.words(number).startswith("error number"):
                assert judge.words(number) == words(code, OpenSSL(library.series))
