"""The versions of OpenSSL that are modelled, and all that they differ in."""

from __future__ import annotations

from enum import Enum
from typing import Final

_NAMED_BY_BOTH: Final = frozenset(
    {
        "2.5.29.15",  # key usage
        "2.5.29.17",  # subject alternative names
        "2.5.29.19",  # basic constraints
        "2.5.29.30",  # name constraints
        "2.5.29.31",  # CRL distribution points
        "2.5.29.32",  # certificate policies
        "2.5.29.33",  # policy mappings
        "2.5.29.36",  # policy constraints
        "2.5.29.37",  # extended key usage
        "2.5.29.54",  # inhibit anyPolicy
        "2.16.840.1.113730.1.1",  # Netscape's certificate type
        "1.3.6.1.5.5.7.1.14",  # proxy certificates
    }
)
_NAMED_BY_3: Final = _NAMED_BY_BOTH | {
    "1.3.6.1.5.5.7.48.1.5",  # OCSP: no check
    "1.3.6.1.5.5.7.1.7",  # IP address blocks
    "1.3.6.1.5.5.7.1.8",  # AS numbers
}
_KEYS_OF_1_0_2: Final = frozenset({"RSA", "DSA", "EC", "DH"})
_KEYS_OF_3: Final = _KEYS_OF_1_0_2 | {
    "RSASSA-PSS",
    "SM2",
    "X25519",
    "X448",
    "Ed25519",
    "Ed448",
}
_KEYS_OF_3_5: Final = _KEYS_OF_3 | {"ML-DSA-44", "ML-DSA-65", "ML-DSA-87"}

# tags of the types that values in names can have (B_ASN1_PRINTABLE); VisibleString isn't one
_IN_NAMES: Final = frozenset({3, 7, 8, 9, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 28, 29, 30})
_ENUMERATED: Final = 10

# signatures are made with them, but the name that goes with the digest is younger than 1.0.2
_SIGNATURES_AFTER_1_0_2: Final = frozenset({"dsa_with_SHA384", "dsa_with_SHA512"})


class OpenSSL(Enum):
    """A version of OpenSSL: ``OpenSSL("1.0.2")`` as of 1.0.2q, ``OpenSSL("3")`` as of 3.0.

    3.5 is 3 that knows ML-DSA, too. What one does otherwise than the other has a property here.
    """

    V1_0_2 = "1.0.2"
    V3 = "3"
    V3_5 = "3.5"

    @property
    def _is_3(self) -> bool:
        return self is not OpenSSL.V1_0_2

    # --- reading ---------------------------------------------------------------------------

    @property
    def wants_shortest_integers(self) -> bool:
        """Whether an integer has to be in its shortest form (X.690 section 8.3.2)."""
        return self._is_3

    @property
    def wants_unicode(self) -> bool:
        """Whether surrogates, and what is above U+10FFFF, can't be in a name."""
        return self._is_3

    @property
    def types_in_names(self) -> frozenset[int]:
        """The tags of the types that values in names can have."""
        return _IN_NAMES if self._is_3 else _IN_NAMES | {_ENUMERATED}

    @property
    def takes_any_day_of_a_month(self) -> bool:
        """Whether 31 February is a day (the third of March)."""
        return not self._is_3

    @property
    def knows_edi_party_names(self) -> bool:
        """Whether the tags in an ediPartyName are explicit, as X.680 has it for a CHOICE.

        1.0.2 takes them for implicit, which no CHOICE can be: it can't read any.
        """
        return self._is_3

    @property
    def key_types(self) -> frozenset[str]:
        """The types of keys that it can decode."""
        match self:
            case OpenSSL.V1_0_2:
                return _KEYS_OF_1_0_2
            case OpenSSL.V3:
                return _KEYS_OF_3
            case OpenSSL.V3_5:
                return _KEYS_OF_3_5

    def knows_signature(self, name: str, digest: str, key_type: str) -> bool:
        """Whether it knows an algorithm by its name, the digest and the type of key."""
        if key_type not in self.key_types | {"RSASSA-PSS"}:
            return False
        return self._is_3 or not (digest.startswith("sha3_") or name in _SIGNATURES_AFTER_1_0_2)

    def computes(self, digest: str) -> bool:
        """Whether it has a digest (as `x509.algorithms` names it)."""
        if digest == "-md2" or (self._is_3 and digest.startswith("-")):
            return False
        return self._is_3 or not digest.startswith("sha3_")

    @property
    def inherits_parameters(self) -> bool:
        """Whether a DSA key may have its parameters from the certificate above it."""
        return not self._is_3

    @property
    def lets_digests_lack_null(self) -> bool:
        """Whether RSA's DigestInfo may leave out its NULL (RFC 8017 appendix A.2.4)."""
        return not self._is_3

    # --- extensions ------------------------------------------------------------------------

    @property
    def handled_extensions(self) -> frozenset[str]:
        """Those that it acts on; any other that is critical, it refuses."""
        return _NAMED_BY_3 if self._is_3 else _NAMED_BY_BOTH

    @property
    def shuns_damage(self) -> bool:
        """Whether an extension that can't be read, or is doubled, spoils a certificate.

        It issues nothing then and is issued by nobody; 1.0.2 goes on without the extension.
        """
        return self._is_3

    @property
    def drops_odd_path_lengths(self) -> bool:
        """Whether a path length that is negative, or of no CA, counts for nothing; else for 0."""
        return self._is_3

    @property
    def reads_resources(self) -> bool:
        """Whether IP address blocks and AS numbers (RFC 3779) are read."""
        return self._is_3

    # --- building --------------------------------------------------------------------------

    @property
    def is_trusted_first(self) -> bool:
        """Whether the trust store is asked before what was sent, by default."""
        return self._is_3

    @property
    def asks_store_at_each_link(self) -> bool:
        """Whether the store may be asked at each link.

        1.0.2 asks it after all that was sent, and then at fewer and fewer links of that.
        """
        return self._is_3

    @property
    def prefers_valid_issuers(self) -> bool:
        """Whether, of several issuers, one that is valid is taken; else the first."""
        return self._is_3

    @property
    def matches_key_types(self) -> bool:
        """Whether an issuer's key has to be of the type that the signature is made with.

        1.0.2 asks for the issuer's key usage instead.
        """
        return self._is_3

    # --- checking --------------------------------------------------------------------------

    @property
    def checks_anchors(self) -> bool:
        """Whether the extensions of what came from the trust store are checked, too."""
        return self._is_3

    @property
    def checks_names_last(self) -> bool:
        """Whether names are held against constraints after signatures and validity."""
        return self._is_3

    @property
    def checks_common_names(self) -> bool:
        """Whether a server's common names are, too, where it has no alternative DNS names."""
        return self._is_3

    @property
    def limits_constraints(self) -> bool:
        """Whether it gives up where names times constraints are over 2^20."""
        return self._is_3

    @property
    def compares_addresses(self) -> bool:
        """Whether it has constraints on IP addresses."""
        return self._is_3

    @property
    def ends_strings_at_nul(self) -> bool:
        """Whether a name in constraints ends at a NUL, and a mailbox's name at its first @."""
        return not self._is_3

    @property
    def reads_mailboxes_of_utf8(self) -> bool:
        """Whether SmtpUTF8Mailbox (RFC 8398) is held against constraints on mail names."""
        return self._is_3

    @property
    def tells_other_names_apart(self) -> bool:
        """Whether a constraint on an otherName is about names of its type only."""
        return self._is_3

    @property
    def takes_minimum_zero(self) -> bool:
        """Whether a subtree may say that its minimum is 0."""
        return self._is_3
