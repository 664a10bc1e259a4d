"""The question, on trust lists and chains made to order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from pipeline.check import Check, Checks, check, check_all, read_chain
from pipeline.check.answer import Result
from pipeline.check.chain import chain_of
from pipeline.errors import UsageError
from pipeline.report.answers.check import report, report_all
from pipeline.report.formats import table
from pipeline.report.model import Paragraph
from tests.certificates import END, START, Issued, damaged, issue, key_usage, pem, server
from tests.snapshot_loader import Printed, Root, SnapshotLoader

ON = datetime(2025, 1, 1, tzinfo=UTC)
ENDED = datetime(2022, 1, 1, tzinfo=UTC)

NEW = issue("New Root", end=END + timedelta(days=1))
OLD = issue("Old Root", end=ENDED)
CROSS = issue("New Root", OLD, key=NEW.key, end=ENDED)
CA = issue("CA", NEW)
LEAF = server(CA)


def ask(loader: SnapshotLoader, *sent: Issued, **options: object) -> Check:
    chain = chain_of("test", [each.der for each in sent])
    return check(loader.engine, chain, **{"on": ON, **options})  # type: ignore[arg-type]


def only(answer: Check) -> Result:
    (result,) = answer.results
    return result


def kinds(result: Result) -> list[str]:
    return [each.kind for each in result.remedies]


def verdicts(answer: Check) -> dict[str, str]:
    return {each.firmware: each.verdict for each in answer.results}


# --- certificates that aren't known ----------------------------------------------------------


def test_a_root_whose_certificate_is_not_known_makes_it_unknown(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [Printed(NEW.root, is_known=False), OLD.root]})
    result = only(ask(loader, LEAF, CA))
    assert result.verdict == "unknown"
    assert "New Root" in result.reason
    assert (result.remedies, result.accepted) == ([], [])
    assert ask(loader, LEAF, CA).findings == []
    assert not ask(loader, LEAF, CA).is_accepted


def test_other_roots_that_are_not_known_change_nothing(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [Printed(issue("Another").root, is_known=False)]})
    assert only(ask(loader, LEAF, CA)).verdict == "refused"


def test_what_has_expired_itself_is_refused_whatever_the_root(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [Printed(NEW.root, is_known=False)]})
    assert only(ask(loader, server(CA, end=ENDED), CA)).verdict == "refused"
    expired_ca = issue("CA", NEW, key=CA.key, end=ENDED)
    assert only(ask(loader, LEAF, expired_ca)).verdict == "refused"


def test_a_root_that_is_sent_is_known_by_its_fingerprint(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [Printed(NEW.root, is_known=False)]})
    assert only(ask(loader, LEAF, CA, NEW)).verdict == "accepted"
    path = only(ask(loader, LEAF, CA, NEW)).builders["untrusted-first"].path
    assert [step.origin for step in path] == ["server", "server", "trust list"]
    impostor = issue("New Root")
    assert only(ask(loader, LEAF, CA, impostor)).verdict == "unknown"


def test_what_is_sent_is_the_server_s_also_if_the_list_has_it(loader: SnapshotLoader) -> None:
    top = issue("Top")
    cross = issue("New Root", top, key=NEW.key)
    loader.load({"12.7(1)": [cross.root, top.root]})
    path = only(ask(loader, LEAF, CA, cross)).builders["untrusted-first"].path
    assert [step.origin for step in path] == ["server", "server", "server", "trust list"]


def test_a_root_that_is_not_known_does_not_save_who_is_led_past_it(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [OLD.root, Printed(NEW.root, is_known=False)]})
    result = only(ask(loader, LEAF, CA, CROSS))
    assert result.verdict == "refused"
    assert result.reason == "Old Root has expired"


# --- remedies --------------------------------------------------------------------------------


def test_dropping_the_cross_certificate_helps(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [OLD.root, NEW.root], "12.8(1)": [NEW.root]})
    answer = ask(loader, LEAF, CA, CROSS)
    assert verdicts(answer) == {"12.7(1)": "refused", "12.8(1)": "accepted"}
    result = answer.results[0]
    assert result.since == ENDED
    assert kinds(result) == ["stop-sending", "upgrade", "other-ca"]
    assert result.remedies[0].summary == "stop sending New's cross-certificate"
    assert result.remedies[0].certificates == [CROSS.fingerprint]
    assert result.remedies[0].breaks == []
    assert [each.fingerprint for each in answer.common_roots] == [NEW.fingerprint]


def test_what_a_remedy_breaks_is_said(loader: SnapshotLoader) -> None:
    still_valid = issue("Old Root", key=OLD.key)
    cross = issue("New Root", still_valid, key=NEW.key)
    loader.load({"12.6(1)": [still_valid.root], "12.7(1)": [OLD.root, NEW.root]})
    answer = ask(loader, LEAF, CA, cross)
    assert verdicts(answer) == {"12.6(1)": "accepted", "12.7(1)": "refused"}
    first = answer.results[1].remedies[0]
    assert (first.kind, first.breaks) == ("stop-sending", ["12.6(1)"])
    assert "12.6(1) would not accept it" in first.text


def test_two_certificates_that_are_missing_are_found_together(
    loader: SnapshotLoader, tmp_path: Path
) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    lower = issue("Lower", CA)
    path = tmp_path / "more.pem"
    path.write_bytes(pem(lower, CA))
    leaf = server(lower)
    first = only(ask(loader, leaf, certs=[path])).remedies[0]
    assert (first.kind, first.is_tested) == ("send", True)
    assert first.certificates == [lower.fingerprint, CA.fingerprint]
    only_one = only(ask(loader, leaf, lower)).remedies[0]
    assert (only_one.kind, only_one.is_tested) == ("send", False)


def test_nothing_is_dropped_that_is_not_in_the_way(loader: SnapshotLoader, tmp_path: Path) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    path = tmp_path / "more.pem"
    path.write_bytes(CA.pem)
    result = only(ask(loader, LEAF, issue("Unneeded", NEW), certs=[path]))
    assert kinds(result) == ["send", "other-ca"]


def test_an_expired_intermediate_is_replaced(loader: SnapshotLoader, tmp_path: Path) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    ended = issue("CA", NEW, key=CA.key, end=ENDED)
    path = tmp_path / "more.pem"
    path.write_bytes(CA.pem)
    first = only(ask(loader, LEAF, ended, certs=[path])).remedies[0]
    assert first.kind == "replace"
    assert first.certificates == [ended.fingerprint, CA.fingerprint]


def test_an_expired_server_is_renewed_and_nothing_else_is_offered(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [NEW.root], "12.8(1)": [NEW.root]})
    for result in ask(loader, server(CA, end=ENDED), CA).results:
        assert result.reason == "server has expired"
        assert kinds(result) == ["renew"]


def test_one_that_begins_later_needs_another_day(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    begins = ON + timedelta(days=2)
    late = server(CA, start=begins)
    result = only(ask(loader, late, CA))
    assert result.reason == "server is not valid before 2025-01-03 00:00 UTC"
    (wait,) = result.remedies
    assert wait.kind == "wait"
    assert wait.summary == (
        "check --on and the clock: the server's certificate is valid from 2025-01-03 00:00 UTC on"
    )
    assert ask(loader, late, CA, on=begins).is_accepted


def test_waiting_alone_is_not_offered_where_it_would_not_help(loader: SnapshotLoader) -> None:
    ending = issue("Old Root", key=OLD.key, end=ON + timedelta(days=1))
    cross = issue("New Root", ending, key=NEW.key)
    loader.load({"12.7(1)": [ending.root, NEW.root], "12.8(1)": [ending.root]})
    begins = ON + timedelta(days=2)
    late = server(CA, start=begins)
    old, new = ask(loader, late, CA, cross).results
    (wait,) = old.remedies
    assert wait.summary == (
        "stop sending New's cross-certificate; "
        "the server's certificate is valid from 2025-01-03 00:00 UTC on"
    )
    assert wait.certificates == [late.fingerprint, cross.fingerprint]
    assert ask(loader, late, CA, on=begins, firmware=["12.7"]).is_accepted
    assert kinds(new) == []


def test_one_that_is_not_for_servers_has_to_be_another(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    for_clients = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CLIENT_AUTH])
    result = only(ask(loader, server(CA, extensions=[for_clients]), CA))
    assert result.reason == "server is not for TLS servers"
    assert kinds(result) == ["renew"]
    assert "for TLS servers from the same CA" in result.remedies[0].summary
    ca = only(ask(loader, issue("CA", NEW, extensions=[for_clients])))
    assert (ca.reason, kinds(ca)) == ("CA is not for TLS servers", ["other-ca"])


def test_what_has_ended_is_renewed_also_if_its_issuer_is_missing(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    (first,) = only(ask(loader, server(CA, end=ENDED))).remedies
    assert (first.kind, first.is_tested) == ("renew", False)
    assert first.summary == "renew the server's certificate, and send the certificate of CA"


def test_what_has_ended_is_renewed_and_the_issuer_that_is_at_hand_sent(
    loader: SnapshotLoader, tmp_path: Path
) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    path = tmp_path / "more.pem"
    path.write_bytes(CA.pem)
    ended = server(CA, end=ENDED)
    (first,) = only(ask(loader, ended, certs=[path])).remedies
    assert first.is_tested
    assert first.summary == "renew the server's certificate, and send the certificate of CA"
    assert first.certificates == [ended.fingerprint, CA.fingerprint]


def test_a_server_that_is_its_own_issuer_is_called_self_signed(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    usage = key_usage(signs_certificates=False)
    answer = ask(loader, issue("server", is_ca=False, extensions=[usage]))
    assert only(answer).reason == "server is self-signed and not in the trust list"
    assert answer.findings == []


def test_a_server_without_a_subject_goes_by_its_first_name(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    nameless = issue("", CA, is_ca=False, names=["192.0.2.1", "expe.example.com"], end=ENDED)
    assert only(ask(loader, nameless, CA)).reason == "expe.example.com has expired"


def test_a_live_server_that_has_a_ca_s_certificate_is_refused(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    ca = issue("CA", NEW, extensions=[key_usage(signs_certificates=True)])
    assert ask(loader, ca).is_accepted
    served = check(loader.engine, chain_of("test", [ca.der], is_served=True), on=ON)
    builders = only(served).builders
    assert {name: (each.error, each.depth) for name, each in builders.items()} == {
        "untrusted-first": ("unsupported certificate purpose", 0),
        "trusted-first": ("unsuitable certificate purpose", 0),
    }


def test_what_openssl_can_not_read_is_never_offered(loader: SnapshotLoader, tmp_path: Path) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    path = tmp_path / "damaged.der"
    path.write_bytes(damaged(CA))
    first = only(ask(loader, LEAF, certs=[path])).remedies[0]
    assert (first.kind, first.is_tested) == ("send", False)


def test_long_lists_of_names_are_cut_short(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    many = server(CA, *[f"host{n}.example.com" for n in range(50)])
    result = only(ask(loader, many, CA, name="other.example.com"))
    assert result.reason == (
        "the server's certificate is for host0.example.com, host1.example.com, host2.example.com "
        "and 47 more, not for other.example.com"
    )
    assert (result.accepted, result.until) == ([], None)
    bare = issue("other.example.com", CA, is_ca=False)
    assert "its common name doesn't count" in only(ask(loader, bare, CA, name="a.example")).reason


def test_renewal_alone_is_not_offered_where_it_would_not_help(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [OLD.root, NEW.root]})
    (renewal,) = only(ask(loader, server(CA, end=ENDED), CA, CROSS)).remedies
    assert renewal.summary == (
        "renew the server's certificate, and stop sending New's cross-certificate"
    )
    loader.load({"12.8(1)": [OLD.root]})
    result = ask(loader, server(CA, end=ENDED), CA, CROSS, firmware=["12.8"]).results[0]
    assert kinds(result) == []


def test_a_root_that_another_release_trusts_is_no_private_ca_s_for_any(
    loader: SnapshotLoader,
) -> None:
    """Asked alone, a release is told what it is told among others."""
    other = issue("Other Root", end=END + timedelta(days=1))
    loader.load({"12.7(1)": [other.root], "12.8(1)": [other.root, NEW.root]})
    together = ask(loader, LEAF, CA, NEW)
    alone = ask(loader, LEAF, CA, NEW, firmware=["12.7"])
    for answer in (together, alone):
        refusing = answer.results[0]
        assert refusing.firmware == "12.7(1)"
        assert kinds(refusing) == ["upgrade", "other-ca"]
        assert not any("private" in each.summary for each in refusing.remedies)


def test_only_later_releases_of_the_same_phones_are_an_upgrade(loader: SnapshotLoader) -> None:
    loader.load({"12.5(1)": [NEW.root], "12.6(1)": [OLD.root], "12.7(1)": [OLD.root]})
    loader.load({"12.8(1)": [NEW.root]}, product="7800")
    for result in ask(loader, LEAF, CA, product="8800").results[1:]:
        assert "upgrade" not in kinds(result)
    loader.load({"12.9(1)": [NEW.root], "14.0(1)": [NEW.root]})
    result = only(ask(loader, LEAF, CA, firmware=["12.6"]))
    (upgrade,) = [each for each in result.remedies if each.kind == "upgrade"]
    assert upgrade.firmware == "12.9(1)"


def test_a_ca_has_to_be_trusted_by_all_and_to_outlive_the_server(loader: SnapshotLoader) -> None:
    short = issue("Short", end=END - timedelta(days=1))
    early = issue("Early", start=ON + timedelta(days=1), end=END + timedelta(days=9))
    everywhere = issue("Everywhere", end=END + timedelta(days=1))
    here = issue("Here", end=END + timedelta(days=1))
    shared = [short.root, early.root, everywhere.root]
    loader.load({"12.7(1)": [*shared, here.root], "12.8(1)": shared})
    answer = ask(loader, LEAF, CA)
    assert [each.subject for each in answer.common_roots] == ["CN=Everywhere"]
    one = ask(loader, LEAF, CA, firmware=["12.7"])
    assert [each.subject for each in one.common_roots] == ["CN=Everywhere", "CN=Here"]


def test_a_root_behind_an_expired_one_of_its_name_is_not_offered(loader: SnapshotLoader) -> None:
    later = END + timedelta(days=1)
    good, renewed = issue("Good", end=later), issue("Renewed", end=later)
    before = issue("Renewed", key=renewed.key, end=ENDED)
    loader.load({"12.7(1)": [before.root, renewed.root, good.root]})
    assert not ask(loader, server(renewed)).is_accepted  # the old way takes the first that fits
    assert [each.subject for each in ask(loader, LEAF, CA).common_roots] == ["CN=Good"]


# --- releases and time -----------------------------------------------------------------------


def test_the_newest_revision_is_asked_unless_another_is_named(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [OLD.root]})
    loader.load({"12.7(1)": [NEW.root]}, document="a correction")
    assert only(ask(loader, LEAF, CA)).revision == 2
    first = only(ask(loader, LEAF, CA, firmware=["12.7(1)@1"]))
    assert (first.revision, first.verdict) == (1, "refused")


def test_two_revisions_of_a_release_are_told_apart(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [OLD.root]})
    loader.load({"12.7(1)": [NEW.root]}, document="a correction")
    answer = ask(loader, LEAF, CA, firmware=["12.7(1)@1", "12.7(1)@2"])
    names = ["12.7(1)@1", "12.7(1)@2"]
    for made in (report(answer), report_all(Checks(ON, [answer]))):
        text = table.render(made)
        assert all(name in text for name in names)
        assert [each.name for each in made.cases] == [f"test: {name} (8800)" for name in names]
        assert [key[-1] for key, _ in made.metrics[0].samples] == names
    refusing, _ = report(answer).blocks[:2]
    assert isinstance(refusing, Paragraph)
    assert refusing.text.startswith("12.7(1)@1: REFUSED")


def test_releases_are_in_order_and_by_product(loader: SnapshotLoader) -> None:
    loader.load({"12.10(1)": [NEW.root], "12.9(1)": [NEW.root]})
    loader.load({"12.8(1)": [NEW.root]}, product="7800")
    results = ask(loader, LEAF, CA).results
    assert [(each.product, each.firmware) for each in results] == [
        ("7800", "12.8(1)"),
        ("8800", "12.9(1)"),
        ("8800", "12.10(1)"),
    ]
    assert len(ask(loader, LEAF, CA, product="7800").results) == 1
    loader.load({"12.9(1)": [NEW.root]}, product="7800")
    with pytest.raises(UsageError, match="several products"):
        ask(loader, LEAF, CA, firmware=["12.9"])


def test_a_gap_in_time_makes_two_periods(loader: SnapshotLoader) -> None:
    gap = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC)
    first = issue("CA", NEW, key=CA.key, end=gap[0])
    second = issue("CA", NEW, key=CA.key, start=gap[1])
    loader.load({"12.7(1)": [NEW.root]})
    result = only(ask(loader, LEAF, first, second))
    # the old way takes the first that fits, valid or not
    assert [(each.start, each.end) for each in result.accepted] == [(START, gap[0])]
    assert result.verdict == "refused"
    other: list[Root] = [NEW.root, issue("CA", key=CA.key, start=gap[1]).root]
    loader.load({"12.8(1)": other})
    alone = ask(loader, LEAF, firmware=["12.8"]).results[0]
    assert [(each.start, each.end) for each in alone.accepted] == [(gap[1], END)]


def test_the_package_offers_it(loader: SnapshotLoader, tmp_path: Path) -> None:
    import trustlist

    loader.load({"12.7(1)": [NEW.root]})
    path = tmp_path / "chain.pem"
    path.write_bytes(pem(LEAF, CA))
    answer = trustlist.check_chain(loader.engine, trustlist.read_chain(path), on=ON.date())
    assert (answer.on, answer.is_accepted) == (ON, True)


def test_nothing_loaded_says_so(loader: SnapshotLoader) -> None:
    with pytest.raises(UsageError, match="Nothing is loaded"):
        ask(loader, LEAF)


def test_chains_are_each_answered_in_their_order(loader: SnapshotLoader, tmp_path: Path) -> None:
    loader.load({"12.7(1)": [NEW.root]})
    paths = []
    for number, chain in enumerate([(LEAF, CA), (LEAF,), (CA,)]):
        paths.append(tmp_path / f"{number}.pem")
        paths[-1].write_bytes(pem(*chain))
    answers = check_all(loader.engine, [read_chain(path) for path in paths], on=ON).checks
    assert [each.source for each in answers] == list(map(str, paths))
    assert [each.is_accepted for each in answers] == [True, False, True]
    assert answers[1].results[0].remedies[0].certificates == [CA.fingerprint]
