"""What the documents of the corpus say around their rows.

Every text here is our own, and each document says that it is a test document.
"""

from __future__ import annotations

TITLE = "Trusted certificate authorities"
PRODUCT = "Cisco IP Phone 7800 and 8800 Series"
LEGAL = "Test document of the trustlist project. Not published by Cisco."
DOCUMENT_ID = "Document TL-2019-044, revision B"
DATE = "Last updated: 4 December 2019"

INTRO = (
    "A phone that registers through Mobile and Remote Access (MRA) checks the certificate of the "
    "edge server. The check succeeds only if the chain of that certificate ends at one of the root "
    "certificates listed in this document.",
    "The list is part of the firmware image. It cannot be changed by an administrator, neither on "
    "the phone nor on the call manager. To change what a phone trusts, load another firmware.",
)
MORE_INTRO = (
    "Before you renew a server certificate, compare the root of its new chain with this list. "
    "Compare the fingerprint, not only the name: several authorities have issued more than one "
    "root certificate under almost the same name.",
    "Phones that run release 12.6(1) or earlier hold another list. See the document of that "
    "release.",
)
NOTES = (
    "Fingerprints are SHA-1 digests of the whole certificate in DER form.",
    "A root that has expired stays in the list until the next firmware release.",
    "For questions about this list, open a case with technical support. Quote the document number "
    "and the firmware release that the phone displays under Settings > Phone information.",
)


def heading(release: str) -> str:
    """Name a release as a heading does: `Firmware Release 12.7(1)`."""
    return f"Firmware Release {release}"
