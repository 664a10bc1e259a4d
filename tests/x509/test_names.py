"""Distinguished names, against hand-written truth, OpenSSL and the shipped certificates."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
from asn1crypto import core, csr, keys, parser, pem, x509
from hypothesis import given
from hypothesis import strategies as st

from pipeline.x509.names import (
    JOIN,
    Attribute,
    InvalidName,
    Name,
    is_rearranged,
    matches,
    parse,
    same,
)
from pipeline.x509.names import label as label_of

ROOTS = Path(__file__).parents[2] / "pipeline" / "catalogue" / "roots.pem"

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="compares with the openssl program, not installed here"
)


def name(*rdns: str | tuple[str, ...]) -> Name:
    """Make a name of ``type=value`` in X.509 order; a tuple is a multi-valued RDN."""
    grouped = [(rdn,) if isinstance(rdn, str) else rdn for rdn in rdns]
    return Name(tuple(tuple(attribute(text) for text in rdn) for rdn in grouped))


def attribute(text: str) -> Attribute:
    type_, _, value = text.partition("=")
    return Attribute(type_, value)


ADDTRUST = name("C=SE", "O=AddTrust AB", "OU=AddTrust TTP Network", "CN=AddTrust Class 1 CA Root")


class TestSpellings:
    @pytest.mark.parametrize(
        "printed",
        [
            "C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root",
            "C = SE, O = AddTrust AB, OU = AddTrust TTP Network, CN = AddTrust Class 1 CA Root",
            "/C=SE/O=AddTrust AB/OU=AddTrust TTP Network/CN=AddTrust Class 1 CA Root",
            "CN=AddTrust Class 1 CA Root,OU=AddTrust TTP Network,O=AddTrust AB,C=SE",
            "CN=AddTrust Class 1 CA Root, OU=AddTrust TTP Network, O=AddTrust AB, C=SE",
            "C=SE;O=AddTrust AB;OU=AddTrust TTP Network;CN=AddTrust Class 1 CA Root",
            "  C=SE,\nO=AddTrust\n  AB, OU=AddTrust\tTTP Network,\r\nCN=AddTrust Class 1 CA Root\n",
            "c=SE, o=AddTrust AB, ou=AddTrust TTP Network, cn=AddTrust Class 1 CA Root",
            "2.5.4.6=SE, OID.2.5.4.10=AddTrust AB, oid.2.5.4.11=AddTrust TTP Network, "
            "2.5.4.3=AddTrust Class 1 CA Root",
            "countryName=SE, organizationName=AddTrust AB, "
            "organizationalUnitName=AddTrust TTP Network, commonName=AddTrust Class 1 CA Root",
            'C="SE", O="AddTrust AB", OU="AddTrust TTP Network", CN="AddTrust Class 1 CA Root"',
            f"C=SE, O=Add{JOIN}Trust AB, OU=AddTrust TTP Network, {JOIN}CN=AddTrust Class 1 CA "
            "Root",
        ],
    )
    def test_of_one_name_give_one_canonical_form(self, printed: str) -> None:
        parsed = parse(printed)
        assert parsed == ADDTRUST
        assert str(parsed) == (
            "C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root"
        )

    @pytest.mark.parametrize(
        ("printed", "expected"),
        [
            ("C=US, O=Entrust, Inc., CN=x", name("C=US", "O=Entrust, Inc.", "CN=x")),
            (
                "C=US, O=VeriSign, Inc., OU=(c) 2006 VeriSign, Inc. - For authorized use only",
                name(
                    "C=US",
                    "O=VeriSign, Inc.",
                    "OU=(c) 2006 VeriSign, Inc. - For authorized use only",
                ),
            ),
            ("O=a;b, CN=c", name("O=a;b", "CN=c")),
            ("CN=A+B", name("CN=A+B")),
            ("C=SE, CN=a=b", name("C=SE", "CN=a=b")),
            ("C=SE, CN=x, y=z", name("C=SE", "CN=x, y=z")),
            ("CN=Foo, C=bar", name("C=bar", "CN=Foo")),  # ambiguous: read as two attributes
            ("C=SE, O=, CN=", name("C=SE", "O=", "CN=")),
            ("CN=", name("CN=")),
            (
                "/O=Entrust/OU=www.entrust.net/CPS incorp. by ref./CN=x",
                name("O=Entrust", "OU=www.entrust.net/CPS incorp. by ref.", "CN=x"),
            ),
            ("/C=US/O=x/OU=(c) 1999 / y", name("C=US", "O=x", "OU=(c) 1999 / y")),
            ("/C=US/O=a, CN=b/CN=c", name("C=US", "O=a, CN=b", "CN=c")),
            # X509_NAME_print of OpenSSL 0.9 and 1.0
            (
                "C=ZA, CN=Thawte Server CA/emailAddress=server-certs@thawte.com",
                name("C=ZA", "CN=Thawte Server CA", "emailAddress=server-certs@thawte.com"),
            ),
            ("C=US, O=a/OU=b", name("C=US", "O=a/OU=b")),
        ],
    )
    def test_a_mark_separates_only_before_a_known_type(self, printed: str, expected: Name) -> None:
        assert parse(printed) == expected

    @pytest.mark.parametrize(
        ("printed", "value"),
        [
            (r"a\, b", "a, b"),
            (r"a\, O=b", "a, O=b"),
            (r"a\+b\;c\<d\>e\=f", "a+b;c<d>e=f"),
            (r"\#1 CA", "#1 CA"),
            (r"say \"hi\"", 'say "hi"'),
            (r"back\\slash", "back\\slash"),
            (r"a\20b", "a b"),
            (r"\ padded\ ", "padded"),
            (r"F\C5\91tan\C3\BAs\C3\ADtv\C3\A1ny", "Főtanúsítvány"),
            (r"F\xC5\x91tan\xC3\xBAs\xC3\xADtv\xC3\xA1ny", "Főtanúsítvány"),
            (r"Autorit\E9 Racine", "Autorité Racine"),  # Latin-1, not UTF-8
            (r"F\U0151 \W0001F600", "Fő 😀"),
            (r"\x00C\x00A\x01Q", "CAő"),  # a BMPString, as OpenSSL 0.9 printed it
            ('"Entrust, Inc."', "Entrust, Inc."),
            ('"a, O=b"', "a, O=b"),
            (r'"say \"hi\""', 'say "hi"'),
            ('"Gmail" Ltd', '"Gmail" Ltd'),
            ('"unfinished', '"unfinished'),
            ("#0c0546c591666f", "Főfo"),
            ("#1303616263", "abc"),
            ("#1E0400410151", "Aő"),
            ("#0c00", ""),
            ("#0c05616263", "#0c05616263"),  # the length is wrong
            ("#0500", "#0500"),  # no string
            ("#1 CA", "#1 CA"),
            (r"C:\temp", r"C:\temp"),
            (r"\UD800", r"\UD800"),  # no character
            (r"\W00110000", r"\W00110000"),
            (r"\x00\x07", "\x00\x07"),
            ("\x01a", "\x01a"),
            ("#0c80" + "41" * 0x80, "#0c80" + "41" * 0x80),  # 0x80 is no length in DER
        ],
    )
    def test_escapes(self, printed: str, value: str) -> None:
        assert parse(f"C=SE, CN={printed}") == name("C=SE", f"CN={value}")
        assert parse(f"CN={printed},C=SE") == name("C=SE", f"CN={value}")

    @pytest.mark.parametrize(
        ("printed", "expected"),
        [
            ("C=SE, O=x + CN=y", name("C=SE", ("O=x", "CN=y"))),
            ("C = SE + O = x, CN = a + b", name(("C=SE", "O=x"), "CN=a + b")),
            ("CN=y+OU=z,O=x,C=SE", name("C=SE", "O=x", ("OU=z", "CN=y"))),
        ],
    )
    def test_multi_valued_rdns(self, printed: str, expected: Name) -> None:
        assert parse(printed) == expected

    def test_multi_valued_rdns_are_printed_as_openssl_does(self) -> None:
        assert str(name("C=SE", ("O=x", "CN=y"))) == "C=SE, O=x + CN=y"

    @pytest.mark.parametrize(
        ("alias", "short"),
        [
            ("S", "ST"),
            ("SP", "ST"),
            ("E", "emailAddress"),
            ("EMAIL", "emailAddress"),
            ("Email", "emailAddress"),
            ("emailaddress", "emailAddress"),
            ("SERIALNUMBER", "serialNumber"),
            ("STREET", "street"),
            ("PostalCode", "postalCode"),
            ("SN", "SN"),
            ("surname", "SN"),
            ("givenName", "GN"),
            ("uid", "UID"),
            ("domainComponent", "DC"),
            ("2.5.4.97", "organizationIdentifier"),
            ("OID.2.5.4.97", "organizationIdentifier"),
            ("jurisdictionOfIncorporationCountryName", "jurisdictionC"),
            ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
            ("1.2.3.4", "1.2.3.4"),
        ],
    )
    def test_attribute_types_have_many_names(self, alias: str, short: str) -> None:
        assert parse(f"C=SE, {alias}=x, CN=y") == name("C=SE", f"{short}=x", "CN=y")

    @pytest.mark.parametrize(
        "text", ["", "  \n", JOIN, "AddTrust AB", "=x", "C", "Foo=bar", ", C=SE", "//C=SE", "1=x"]
    )
    def test_other_text_is_refused_in_one_sentence(self, text: str) -> None:
        with pytest.raises(InvalidName, match=r"^'.*' does not begin with an attribute type .*\.$"):
            parse(text)


class TestOrder:
    @pytest.mark.parametrize(
        ("printed", "expected"),
        [
            ("CN=a, C=SE", "C=SE, CN=a"),
            ("OU=b,O=a", "O=a, OU=b"),
            ("emailAddress=e, CN=a, O=b", "O=b, CN=a, emailAddress=e"),
            ("CN=a,DC=example,DC=com", "DC=com, DC=example, CN=a"),
            ("DC=com, DC=example, CN=a", "DC=com, DC=example, CN=a"),
            # types that say nothing about order go along
            ("CN=a, 2.5.4.97=b, O=c, C=ES", "C=ES, O=c, organizationIdentifier=b, CN=a"),
            # one attribute out of place, in the certificate as well
            ("C=BR, CN=a, O=b, OU=c", "C=BR, CN=a, O=b, OU=c"),
        ],
    )
    def test_the_most_general_attribute_comes_first(self, printed: str, expected: str) -> None:
        assert str(parse(printed)) == expected

    @pytest.mark.parametrize(
        ("printed", "expected"),
        [
            ("DC=example,DC=com", "DC=com, DC=example"),
            ("OU=a,OU=b", "OU=b, OU=a"),
            ("OU=a, OU=b", "OU=a, OU=b"),
            (f"OU=a,{JOIN}OU=b", "OU=a, OU=b"),
            ("O=a", "O=a"),
        ],
    )
    def test_is_told_by_the_spaces_if_the_types_do_not_tell(
        self, printed: str, expected: str
    ) -> None:
        assert str(parse(printed)) == expected

    @pytest.mark.parametrize(
        "printed",
        ["CN = ACCVRAIZ1, OU = PKIACCV, O = ACCV, C = ES", "/CN=ACCVRAIZ1/OU=PKIACCV/O=ACCV/C=ES"],
    )
    def test_openssl_alone_writes_these_and_always_in_x509_order(self, printed: str) -> None:
        assert str(parse(printed)) == "CN=ACCVRAIZ1, OU=PKIACCV, O=ACCV, C=ES"


class TestReadFromCertificates:
    def test_values_are_kept_but_for_white_space(self) -> None:
        rdns = [[("2.5.4.6", "SE")], [("2.5.4.3", " a\n b\x01\t"), ("1.2.3.4", "c, d")]]
        assert Name.from_rdns(rdns) == name("C=SE", ("CN=a b\x01", "1.2.3.4=c, d"))

    def test_bit_strings_are_text(self) -> None:
        actual = Name.from_rdns([[("2.5.4.45", b"SEC-830101-9V9")]])
        assert str(actual) == "x500UniqueIdentifier=SEC-830101-9V9"
        assert parse("x500UniqueIdentifier=#030F005345432D3833303130312D395639") == actual

    def test_no_rdns_make_an_empty_name(self) -> None:
        assert str(Name.from_rdns([])) == ""
        assert Name.from_rdns([[]]) == Name(())


class TestSummary:
    @pytest.mark.parametrize(
        ("subject", "label", "owner", "country"),
        [
            (ADDTRUST, "AddTrust Class 1 CA Root", "AddTrust AB", "SE"),
            (name("C=JP", "O=SECOM", "OU=Root 1", "OU=Root 2"), "Root 2", "SECOM", "JP"),
            (name("O=a", "CN=b", "CN=c"), "c", "a", ""),
            (name("C=TW", "O=Chunghwa"), "Chunghwa", "Chunghwa", "TW"),
            (name("CN=b"), "b", "b", ""),
            (name("C=SE", "O=a", "CN="), "a", "a", "SE"),
            (name("OU=Root R3", "O=a", "CN=a"), "Root R3", "a", ""),
            (name("OU=Root R3", "CN=a"), "a", "a", ""),
            (name("O=a", "CN=a"), "a", "a", ""),
            (name("DC=com"), "DC=com", "DC=com", ""),
        ],
    )
    def test_of_a_root(self, subject: Name, label: str, owner: str, country: str) -> None:
        assert (subject.label, subject.owner, subject.country) == (label, owner, country)

    @pytest.mark.parametrize(
        ("printed", "label"),
        [("C=SE, CN=AddTrust", "AddTrust"), ("no name", "no name"), ("", "(no subject)")],
    )
    def test_of_a_printed_name(self, printed: str, label: str) -> None:
        assert label_of(printed) == label


class TestSame:
    @pytest.mark.parametrize(
        ("a", "b"),
        [
            (name("C=se", "CN=ABC"), name("C=SE", "CN=abc")),
            (name("CN=a  b "), name("CN=a b")),
            (name("CN=Straße"), name("CN=STRASSE")),
            (name("CN=ﬁrst Ⅳ"), name("CN=First IV")),  # compatibility forms
            (name("CN=e\u0301"), name("CN=é")),
            (name("CN=soft\u00adhyphen\u200b"), name("CN=softhyphen")),
            (name("CN=a\u00a0b"), name("CN=a b")),
            (name("CN=a\ufe0fb\u034f"), name("CN=ab")),
            (name(("CN=a", "O=b")), name(("O=B", "CN=A"))),
        ],
    )
    def test_spellings_that_do_not_matter(self, a: Name, b: Name) -> None:
        assert same(a, b)

    @pytest.mark.parametrize(
        ("a", "b"),
        [
            (name("CN=ab"), name("CN=a b")),
            (name("CN=a"), name("OU=a")),
            (name("C=SE", "CN=a"), name("CN=a", "C=SE")),
            (name("CN=a", "O=b"), name(("CN=a", "O=b"))),
            (name("C=SE", "CN=a"), name("CN=a")),
            (name("CN=é"), name("CN=e")),
        ],
    )
    def test_differences_that_do(self, a: Name, b: Name) -> None:
        assert not same(a, b)


class TestMatches:
    ODD = name("C=US", "O=Entrust, Inc.", "CN=Foo Bar, C=bar")

    @pytest.mark.parametrize(
        "printed",
        [
            "C=US, O=Entrust, Inc., CN=Foo Bar, C=bar",
            "/C=US/O=Entrust, Inc./CN=Foo Bar, C=bar",
            'C = US, O = "Entrust, Inc.", CN = "Foo Bar, C=bar"',
            r"CN=Foo Bar\, C\=bar,O=Entrust\, Inc.,C=US",
            "CN=Foo Bar, C=bar, O=Entrust, Inc., C=US",
            "countryName=us; O=ENTRUST, INC.; 2.5.4.3=foo bar, c=BAR",
            f"C=US,{JOIN}O=Entrust,{JOIN}Inc., CN=Foo{JOIN}Bar, {JOIN}C=b{JOIN}ar",
            f'C = US, O = "Entrust,{JOIN}Inc.", CN{JOIN}= {JOIN}"Foo Bar, C=bar"{JOIN}',
            f"CN=Foo Bar\\,{JOIN}C\\=bar,O=Entrust\\,{JOIN}Inc.,C=US",
            f"OID.2.5.4.3=Foo{JOIN}Bar, C=bar,{JOIN}O=Entrust, Inc., OID.2.5.4.6=U{JOIN}S",
            f"{JOIN}/{JOIN}C=US/O=Entrust,{JOIN}Inc./CN=Foo Bar, C=bar",
        ],
    )
    def test_ambiguity_is_settled_by_the_certificate(self, printed: str) -> None:
        assert matches(printed, self.ODD)

    @pytest.mark.parametrize(
        "printed",
        [
            "C=US, O=Entrust, Inc., CN=FooBar, C=bar",
            "C=US, O=Entrust, Inc., CN=Foo Bar, C=ba",
            "C=US, O=Entrust, Inc., CN=Foo Bar, C=bar, OU=x",
            "C=US, O=Entrust, Inc., CN=Foo Bar",
            "O=Entrust, Inc., CN=Foo Bar, C=bar",
            "C=US, OU=Entrust, Inc., CN=Foo Bar, C=bar",
            "O=Entrust, Inc., C=US, CN=Foo Bar, C=bar",
            "C=US O=Entrust, Inc. CN=Foo Bar, C=bar",
            "",
            "Entrust",
        ],
    )
    def test_another_name_does_not_match(self, printed: str) -> None:
        assert not matches(printed, self.ODD)

    def test_an_order_that_can_not_be_told_may_be_either(self) -> None:
        accv = name("CN=ACCVRAIZ1", "OU=PKIACCV", "O=ACCV", "C=ES")
        assert matches("CN=ACCVRAIZ1, OU=PKIACCV, O=ACCV, C=ES", accv)
        assert matches("C=ES,O=ACCV,OU=PKIACCV,CN=ACCVRAIZ1", accv)
        assert matches("C=ES,O=ACCV,OU=PKIACCV,CN=#0C09414343565241495A31", accv)

    def test_values_that_look_escaped_quoted_or_encoded(self) -> None:
        assert matches("C=SE, CN=C:\\aB\\C5\\x41", name("C=SE", "CN=C:\\aB\\C5\\x41"))
        assert matches('C=SE, CN="quoted"', name("C=SE", 'CN="quoted"'))
        assert matches("C=SE, CN=#0c0141", name("C=SE", "CN=#0c0141"))

    def test_multi_valued_rdns_in_any_order(self) -> None:
        actual = name("C=SE", ("O=x", "CN=y"))
        assert matches("C=SE, CN=y + O=x", actual)
        assert matches("O=x+CN=y,C=SE", actual)
        # OpenSSL 0.9 does not show which belong together
        assert matches("/C=SE/O=x/CN=y", actual)
        assert matches(f"CN=y{JOIN}+O=x, C=SE", actual)
        assert matches("O=a b,CN=y,C=SE", name("C=SE", ("O=a b", "CN=y")))
        assert matches("CN=y,O=a b,C=SE", name("C=SE", ("O=a b", "CN=y")))

    def test_nothing_matches_an_empty_name(self) -> None:
        assert not matches("", Name(()))
        assert not matches("C=SE", Name(()))

    def test_an_escape_may_be_wrapped(self) -> None:
        printed = f"CN=F\\C5{JOIN}\\9{JOIN}1,C=\\{JOIN}20HU"
        assert matches(printed, name("C=HU", "CN=Fő"))


class TestOtherOrders:
    VERISIGN = name(
        "C=US",
        "O=VeriSign, Inc.",
        "OU=VeriSign Trust Network",
        "OU=(c) 2006 VeriSign, Inc. - For authorized use only",
        "CN=VeriSign Class 3 G5",
    )

    @pytest.mark.parametrize(
        "printed",
        [
            "CN=VeriSign Class 3 G5, C=US, O=VeriSign, Inc., OU=VeriSign Trust Network, "
            "OU=(c) 2006 VeriSign, Inc. - For authorized use only",
            'CN=VeriSign Class 3 G5; OU="(c) 2006 VeriSign, Inc. - For authorized use only, '
            'VeriSign Trust Network"; O="VeriSign, Inc."; C=US',
            'C=US, O=VeriSign, Inc., OU="VeriSign Trust Network,(c) 2006 VeriSign, Inc. - For '
            'authorized use only", CN=VeriSign Class 3 G5',
            "OU=VeriSign Trust Network/C=US/CN=VeriSign Class 3 G5/O=VeriSign, Inc./"
            f"OU=(c) 2006 VeriSign, Inc.{JOIN}- For authorized use only",
        ],
    )
    def test_the_same_attributes_are_the_same_name(self, printed: str) -> None:
        assert is_rearranged(printed, self.VERISIGN)

    @pytest.mark.parametrize(
        "printed",
        [
            'CN=VeriSign Class 3 G5; OU="VeriSign Trust Network"; O="VeriSign, Inc."; C=US',
            'CN=VeriSign Class 3 G5; OU=""; OU="VeriSign Trust Network, (c) 2006 VeriSign, Inc. - '
            'For authorized use only"; O="VeriSign, Inc."; C=US',
            'CN=VeriSign Class 3 G5; OU="VeriSign Trust Network, VeriSign Trust Network"; '
            'O="VeriSign, Inc."; C=US',
            'CN=VeriSign Class 3 G5; OU="VeriSign Trust Network, (c) 2006 VeriSign, Inc. - For '
            'authorized use only, "; O="VeriSign, Inc."; C=US',
            'CN=VeriSign Class 3 G5; OU="VeriSign Trust Network, (c) 2006 VeriSign, Inc. - For '
            'authorized use only, VeriSign, Inc."; C=US',
            "",
        ],
    )
    def test_a_missing_doubled_or_moved_value_makes_another(self, printed: str) -> None:
        assert not is_rearranged(printed, self.VERISIGN)

    def test_nothing_is_an_empty_name_rearranged(self) -> None:
        assert not is_rearranged("", Name(()))


# --- any name --------------------------------------------------------------------------------

# No value with a character that is read as anything but itself in unescaped text.
plain_values = st.text("abcXYZ019 ,.;:()-+&'/éőß漢", max_size=12).map(lambda t: " ".join(t.split()))
any_values = st.text(max_size=12).map(lambda t: " ".join(t.replace(JOIN, "").split()))


def names(values: st.SearchStrategy[str]) -> st.SearchStrategy[Name]:
    """Names that run from the general to the specific, some RDNs of several values."""

    def of(*types: str) -> st.SearchStrategy[list[tuple[Attribute, ...]]]:
        attributes = st.builds(Attribute, st.sampled_from(types), values)
        return st.lists(st.lists(attributes, min_size=1, max_size=2).map(tuple), max_size=2)

    first, last = (st.builds(Attribute, st.just(type_), values) for type_ in ("C", "CN"))
    return st.builds(
        lambda c, o, ou, cn: Name(((c,), *o, *ou, (cn,))),
        first,
        of("O", "organizationIdentifier", "1.2.3.4"),
        of("OU", "serialNumber"),
        last,
    )


def as_canonical(subject: Name) -> str:
    return ", ".join(" + ".join(f"{t}={v}" for t, v in rdn) for rdn in subject.rdns)


def as_openssl_11(subject: Name) -> str:
    def quoted(value: str) -> str:
        escaped = re.sub(r'(["\\])', r"\\\1", value)
        return f'"{escaped}"' if re.search(r'[,+"\\<>;]|^#', value) else value

    return ", ".join(" + ".join(f"{t} = {quoted(v)}" for t, v in rdn) for rdn in subject.rdns)


def as_openssl_09(subject: Name) -> str:
    return "".join("/" + "+".join(f"{t}={v}" for t, v in rdn) for rdn in subject.rdns)


def as_rfc_4514(subject: Name) -> str:
    def escaped(value: str) -> str:
        value = re.sub(r'(["+,;<>\\=#])', r"\\\1", value)
        return re.sub(r"[^ -~]", lambda m: "".join(f"\\{b:02X}" for b in m[0].encode()), value)

    flat = [[f"{t}={escaped(v)}" for t, v in reversed(rdn)] for rdn in reversed(subject.rdns)]
    return ",".join("+".join(rdn) for rdn in flat)


Writer = Callable[[Name], str]
unescaped_writers = st.sampled_from([as_canonical, as_openssl_09])
escaping_writers = st.sampled_from([as_openssl_11, as_rfc_4514])
every_writer = st.one_of(unescaped_writers, escaping_writers)


@given(names(plain_values), every_writer)
def test_every_spelling_is_read_back(subject: Name, write: Writer) -> None:
    assert parse(write(subject)) == subject


@given(names(any_values), st.sampled_from([as_rfc_4514]))
def test_escapes_carry_any_value(subject: Name, write: Writer) -> None:
    assert parse(write(subject)) == subject


@given(names(plain_values), every_writer)
def test_str_is_canonical(subject: Name, write: Writer) -> None:
    assert str(parse(write(subject))) == as_canonical(subject)


@given(names(any_values), every_writer)
def test_a_name_matches_each_of_its_spellings(subject: Name, write: Writer) -> None:
    assert matches(write(subject), subject)


@given(names(plain_values), every_writer, st.data())
def test_a_name_matches_however_it_is_wrapped(
    subject: Name, write: Writer, data: st.DataObject
) -> None:
    printed = write(subject)
    at = data.draw(st.integers(0, len(printed)))
    is_at_space = printed[at : at + 1] == " "
    wrapped = printed[:at] + JOIN + printed[at + is_at_space :]
    assert matches(wrapped, subject)


@given(names(plain_values), every_writer, st.data())
def test_a_name_with_another_value_does_not_match(
    subject: Name, write: Writer, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(subject.rdns) - 1))
    (type_, value), *rest = subject.rdns[at]
    rdn = (Attribute(type_, value + "q"), *rest)
    other = Name((*subject.rdns[:at], rdn, *subject.rdns[at + 1 :]))
    assert not matches(write(other), subject)
    assert not matches(write(subject), other)


def rearranged(subject: Name, data: st.DataObject) -> Name:
    return Name(tuple((each,) for each in data.draw(st.permutations(subject.attributes))))


# no value that ends one attribute and begins another, and none that is another's beginning
apart_values = st.text("abcXYZ019 .:()-&'éőß漢", min_size=1, max_size=12).map(
    lambda text: " ".join(text.split()) or "x"
)


@given(names(apart_values), every_writer, st.data())
def test_a_name_in_any_order_is_itself_rearranged(
    subject: Name, write: Writer, data: st.DataObject
) -> None:
    assert is_rearranged(write(rearranged(subject, data)), subject)


@given(names(apart_values), st.lists(apart_values, min_size=2, max_size=4), st.data())
def test_merged_values_are_each_a_value(
    subject: Name, units: list[str], data: st.DataObject
) -> None:
    others = Name(tuple((each,) for each in subject.attributes if each.type != "OU"))
    actual = Name((*others.rdns, *((Attribute("OU", unit),) for unit in units)))
    values = data.draw(st.permutations(units))
    printed = as_canonical(rearranged(others, data))
    assert is_rearranged(f'{printed}, OU="{", ".join(values)}"', actual)
    assert not is_rearranged(f'{printed}, OU="{", ".join(values[1:])}"', actual)
    assert not is_rearranged(f'{printed}, OU="{", ".join([*values, values[0]])}"', actual)
    assert not is_rearranged(f'{printed}, OU="{", ".join(values)}q"', actual)


@given(names(apart_values), every_writer, st.data())
def test_no_attribute_may_be_missing_doubled_or_different(
    subject: Name, write: Writer, data: st.DataObject
) -> None:
    attributes = list(rearranged(subject, data).attributes)
    at = data.draw(st.integers(0, len(attributes) - 1))
    type_, value = attributes[at]
    other_type = "L" if type_ != "L" else "ST"
    for others in (
        [*attributes[:at], *attributes[at + 1 :]],
        [*attributes, attributes[at]],
        [*attributes[:at], Attribute(type_, value + "q"), *attributes[at + 1 :]],
        [*attributes[:at], Attribute(other_type, value), *attributes[at + 1 :]],
    ):
        assert not is_rearranged(write(Name(tuple((each,) for each in others))), subject)


tokens = ["C=SE", "O=a", "OU=b", "CN=c", "DC=d", "1.2.3=e", "E=f", "CN=", "x", "=", ",", "a/O=b"]
joints = [", ", ",", "; ", ";", "+", " + ", "/", " "]


@given(st.lists(st.tuples(st.sampled_from(joints), st.sampled_from(tokens)), max_size=8))
def test_the_canonical_form_is_its_own_canonical_form(parts: list[tuple[str, str]]) -> None:
    canonical = str(parse("O=first" + "".join(joint + token for joint, token in parts)))
    assert str(parse(canonical)) == canonical


syntax = st.text('CNO=,;/+\\"#x0123456789abcdef.UW \n' + JOIN)


@given(st.one_of(st.text(), syntax, syntax.map("CN=".__add__)))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        subject = parse(text)
    except InvalidName:
        assert not matches(text, Name(()))
    else:
        assert matches(text, subject)


@given(names(any_values), names(any_values))
def test_same_is_an_equivalence(a: Name, b: Name) -> None:
    assert same(a, a)
    assert same(a, b) == same(b, a)


HOSTILE = (
    *(",", "/", "+", "=", "\\", '"', " ", JOIN, "\u0301", "1.", ",1.2", ",abc", "#0c", '"\\'),
    *(",C=x", "+C=x", "/C=x", 'CN="', "CN=\\", "\\C5", "\\x00", f"\\C5{JOIN}", f" {JOIN}"),
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_long_hostile_text_is_read_in_linear_time(unit: str) -> None:
    """A quadratic reader would take hours over this."""
    printed = "CN=x" + unit * 50_000
    assert not matches(printed, ADDTRUST)


# --- OpenSSL and the shipped certificates ----------------------------------------------------


def actual_name(subject: x509.Name) -> Name:
    return Name.from_rdns(
        [(part["type"].dotted, part["value"].native) for part in rdn] for rdn in subject.chosen
    )


def openssl(*arguments: str, stdin: bytes = b"", check: bool = True) -> str:
    done = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=check)
    return done.stdout.decode().rstrip("\n")


@pytest.fixture(scope="module")
def roots() -> list[x509.Certificate]:
    unarmored = pem.unarmor(ROOTS.read_bytes(), multiple=True)
    return [x509.Certificate.load(der) for _, _, der in unarmored]


@pytest.fixture(scope="module")
def root_files(
    roots: list[x509.Certificate], tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    folder = tmp_path_factory.mktemp("roots")
    files = [folder / f"{number}.pem" for number in range(len(roots))]
    for file, root in zip(files, roots, strict=True):
        file.write_bytes(pem.armor("CERTIFICATE", root.dump()))
    return files


def subjects_printed(files: Iterable[Path], style: str) -> dict[int, str]:
    """Print the subjects of the roots that OpenSSL verifies, by number, in a ``-nameopt``."""
    options = ["-show_chain", "-no_check_time", "-purpose", "any", "-auth_level", "0"]
    bundle = ["-nameopt", style, "-CAfile", str(ROOTS), *(str(file) for file in files)]
    printed = openssl("verify", *options, *bundle, check=False)
    found = re.findall(r"(\d+)\.pem: OK\nChain:\ndepth=0: (.*?)(?: \(untrusted\))?\n", printed)
    return {int(number): subject for number, subject in found}


@needs_openssl
@pytest.mark.parametrize("style", ["oneline", "oneline,-esc_msb", "RFC2253", "compat"])
def test_every_root_matches_as_openssl_prints_it(
    style: str, roots: list[x509.Certificate], root_files: list[Path]
) -> None:
    printed = subjects_printed(root_files, style)
    assert len(printed) > 0.9 * len(roots)
    for number, subject in printed.items():
        actual = actual_name(roots[number].subject)
        assert matches(subject, actual), subject
        # in RFC 2253 and in compat (`C=SE, O=…`) a few roots begin with the CN in truth
        if style.startswith("oneline"):
            assert parse(subject) == actual
        else:
            assert parse(subject) in (actual, actual.turned_round())


@needs_openssl
@pytest.mark.parametrize("style", ["RFC2253", "compat"])
def test_order_is_right_for_every_root_that_is_not_itself_reversed(
    style: str, roots: list[x509.Certificate], root_files: list[Path]
) -> None:
    for number, subject in subjects_printed(root_files, style).items():
        actual = actual_name(roots[number].subject)
        if actual.attributes[0].type in ("C", "DC", "O"):
            assert parse(subject) == actual


@needs_openssl
def test_roots_as_openssl_09_prints_them(
    roots: list[x509.Certificate], root_files: list[Path]
) -> None:
    for root, file in list(zip(roots, root_files, strict=True))[::20]:
        printed = openssl("x509", "-in", str(file), "-noout", "-subject", "-nameopt", "compat")
        assert parse(printed.removeprefix("subject=")) == actual_name(root.subject)


def test_roots_are_not_mistaken_for_each_other(roots: list[x509.Certificate]) -> None:
    actual = {str(name): name for name in (actual_name(root.subject) for root in roots)}
    for printed, subject in list(actual.items())[::60]:
        for other in actual.values():
            is_same = same(subject, other) or same(subject.turned_round(), other)
            assert matches(printed, other) == is_same


class String(NamedTuple):
    """A string as it stands in a certificate: the tag of its type and its octets."""

    tag: int
    octets: bytes


def utf8(text: str) -> String:
    return String(0x0C, text.encode())


def der(tag: int, content: bytes) -> bytes:
    return bytes(parser.emit(0, tag >> 5 & 1, tag & 0x1F, content))


def request_for(rdns: list[list[tuple[str, String]]]) -> bytes:
    """Make a certificate request for a name that no tool would make; only its subject counts."""
    sets = [
        b"".join(der(0x30, core.ObjectIdentifier(oid).dump() + der(*value)) for oid, value in rdn)
        for rdn in rdns
    ]
    subject = x509.Name.load(der(0x30, b"".join(der(0x31, attributes) for attributes in sets)))
    key = keys.PublicKeyInfo({"algorithm": {"algorithm": "ed25519"}, "public_key": bytes(32)})
    info = {"version": "v1", "subject": subject, "subject_pk_info": key, "attributes": []}
    request = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": {"algorithm": "ed25519"},
            "signature": bytes(64),
        }
    )
    return bytes(pem.armor("CERTIFICATE REQUEST", request.dump()))


@needs_openssl
@pytest.mark.parametrize("style", ["oneline", "RFC2253", "compat", "oneline,-esc_msb"])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (String(0x1E, "Tést Ő Плюс".encode("utf-16-be")), "Tést Ő Плюс"),
        (String(0x1E, "Plain".encode("utf-16-be")), "Plain"),
        (String(0x14, b"Autorit\xe9"), "Autorité"),
        (utf8("日本 😀 ﬁ İ"), "日本 😀 ﬁ İ"),
        (utf8('say "hi", <a;b>=c + d'), 'say "hi", <a;b>=c + d'),
        (utf8("x, O=y"), "x, O=y"),
        (utf8("x/O=y + OU=z"), "x/O=y + OU=z"),
        (utf8('"quoted"'), '"quoted"'),
        (utf8("C:\\aB\\C5\\x41\\"), "C:\\aB\\C5\\x41\\"),
        (utf8("#0c0141"), "#0c0141"),
        (utf8(" lead a  b\n\tc\x00\x01\x7f "), "lead a b c\x00\x01\x7f"),
        (utf8(",C=US"), ",C=US"),
        (utf8("+"), "+"),
        (utf8(""), ""),
    ],
)
def test_odd_values_as_openssl_prints_them(style: str, value: String, text: str) -> None:
    country, unit, unnamed = ("2.5.4.6", utf8("SE")), ("2.5.4.11", utf8("")), ("1.2.3.4", utf8("x"))
    odd = ("2.5.4.3", value)
    request = request_for([[country], [unit, odd], [unnamed], [odd]])
    actual = name("C=SE", ("OU=", f"CN={text}"), "1.2.3.4=x", f"CN={text}")
    printed = openssl("req", "-noout", "-subject", "-nameopt", style, stdin=request)
    printed = printed.removeprefix("subject=")
    assert matches(printed, actual), printed
    if style in ("oneline", "RFC2253"):
        assert parse(printed) == actual


TYPES = [
    *(f"2.5.4.{n}" for n in (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 41, 42)),
    *(f"2.5.4.{n}" for n in (43, 44, 45, 46, 51, 54, 65, 72, 97)),
    *(f"1.2.840.113549.1.9.{n}" for n in (1, 2, 8)),
    *(f"0.9.2342.19200300.100.1.{n}" for n in (1, 3, 25)),
    *(f"1.3.6.1.4.1.311.60.2.1.{n}" for n in (1, 2, 3)),
    "1.2.3.4.5",
]


@needs_openssl
def test_types_are_called_what_openssl_calls_them() -> None:
    request = request_for([[(oid, utf8("x"))] for oid in TYPES])
    actual = Name.from_rdns([[(oid, "x")] for oid in TYPES])
    for style in ("sname", "lname", "oid"):
        options = ("-nameopt", f"{style},sep_comma_plus_space,space_eq")
        printed = openssl("req", "-noout", "-subject", *options, stdin=request)
        assert parse(printed.removeprefix("subject=")) == actual
        if style == "sname":
            assert printed.removeprefix("subject=").replace(" = ", "=") == str(actual)


def test_slashes_part_a_name_though_none_stands_before_it() -> None:
    assert str(parse("C=XX/O=Acme & Sons/CN=Acme Root")) == "C=XX, O=Acme & Sons, CN=Acme Root"
    assert str(parse("C=XX, O=Acme/OU=Roots")) == "C=XX, O=Acme/OU=Roots"
