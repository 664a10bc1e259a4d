"""What can be wrong with a path, in the words of each version of OpenSSL."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

from pipeline.check.openssl.profile import OpenSSL


class Code(IntEnum):
    """``X509_V_ERR_*`` of OpenSSL 3.

    1.0.2 has other numbers for `INVALID_CA` (24) and `PROXY_SUBJECT_NAME_VIOLATION` (67).
    """

    OK = 0
    UNSPECIFIED = 1
    UNABLE_TO_GET_ISSUER_CERT = 2
    UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY = 6
    CERT_SIGNATURE_FAILURE = 7
    CERT_NOT_YET_VALID = 9
    CERT_HAS_EXPIRED = 10
    ERROR_IN_CERT_NOT_BEFORE_FIELD = 13
    ERROR_IN_CERT_NOT_AFTER_FIELD = 14
    DEPTH_ZERO_SELF_SIGNED_CERT = 18
    SELF_SIGNED_CERT_IN_CHAIN = 19
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY = 20
    UNABLE_TO_VERIFY_LEAF_SIGNATURE = 21
    CERT_CHAIN_TOO_LONG = 22
    PATH_LENGTH_EXCEEDED = 25
    INVALID_PURPOSE = 26
    KEYUSAGE_NO_CERTSIGN = 32
    UNHANDLED_CRITICAL_EXTENSION = 34
    KEYUSAGE_NO_DIGITAL_SIGNATURE = 39
    PROXY_CERTIFICATES_NOT_ALLOWED = 40
    PERMITTED_VIOLATION = 47
    EXCLUDED_VIOLATION = 48
    SUBTREE_MINMAX = 49
    UNSUPPORTED_CONSTRAINT_TYPE = 51
    UNSUPPORTED_NAME_SYNTAX = 53
    PROXY_SUBJECT_NAME_VIOLATION = 72
    INVALID_CA = 79
    EC_KEY_EXPLICIT_PARAMS = 94


_WORDS: Final[dict[Code, str]] = {
    Code.OK: "",
    Code.UNSPECIFIED: "unspecified certificate verification error",
    Code.UNABLE_TO_GET_ISSUER_CERT: "unable to get issuer certificate",
    Code.UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: "unable to decode issuer public key",
    Code.CERT_SIGNATURE_FAILURE: "certificate signature failure",
    Code.CERT_NOT_YET_VALID: "certificate is not yet valid",
    Code.CERT_HAS_EXPIRED: "certificate has expired",
    Code.ERROR_IN_CERT_NOT_BEFORE_FIELD: "format error in certificate's notBefore field",
    Code.ERROR_IN_CERT_NOT_AFTER_FIELD: "format error in certificate's notAfter field",
    Code.DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed certificate",
    Code.SELF_SIGNED_CERT_IN_CHAIN: "self-signed certificate in certificate chain",
    Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unable to get local issuer certificate",
    Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unable to verify the first certificate",
    Code.CERT_CHAIN_TOO_LONG: "certificate chain too long",
    Code.PATH_LENGTH_EXCEEDED: "path length constraint exceeded",
    Code.INVALID_PURPOSE: "unsuitable certificate purpose",
    Code.KEYUSAGE_NO_CERTSIGN: "key usage does not include certificate signing",
    Code.UNHANDLED_CRITICAL_EXTENSION: "unhandled critical extension",
    Code.KEYUSAGE_NO_DIGITAL_SIGNATURE: "key usage does not include digital signature",
    Code.PROXY_CERTIFICATES_NOT_ALLOWED: (
        "proxy certificates not allowed, please set the appropriate flag"
    ),
    Code.PERMITTED_VIOLATION: "permitted subtree violation",
    Code.EXCLUDED_VIOLATION: "excluded subtree violation",
    Code.SUBTREE_MINMAX: "name constraints minimum and maximum not supported",
    Code.UNSUPPORTED_CONSTRAINT_TYPE: "unsupported name constraint type",
    Code.UNSUPPORTED_NAME_SYNTAX: "unsupported or invalid name syntax",
    Code.PROXY_SUBJECT_NAME_VIOLATION: "proxy subject name violation",
    Code.INVALID_CA: "invalid CA certificate",
    Code.EC_KEY_EXPLICIT_PARAMS: "Certificate public key has explicit ECC parameters",
}
_WORDS_OF_1_0_2: Final[dict[Code, str]] = _WORDS | {
    Code.DEPTH_ZERO_SELF_SIGNED_CERT: "self signed certificate",
    Code.SELF_SIGNED_CERT_IN_CHAIN: "self signed certificate in certificate chain",
    Code.INVALID_PURPOSE: "unsupported certificate purpose",
}


def words(code: Code, openssl: OpenSSL) -> str:
    """Give the words of that version (``X509_verify_cert_error_string``); none for `OK`."""
    return (_WORDS_OF_1_0_2 if openssl is OpenSSL.V1_0_2 else _WORDS)[code]


class Fault(NamedTuple):
    """The first thing found wrong, and where; depth 0 is the server's own certificate."""

    code: Code
    depth: int
