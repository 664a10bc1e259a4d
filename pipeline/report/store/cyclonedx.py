"""A trust store as a CycloneDX 1.6 bill of materials: the firmware, and each root as an asset.

CycloneDX counts certificates as cryptographic assets (ECMA-424, ``cryptoProperties``). The same
store always gives the same file.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from pipeline.errors import UsageError
from pipeline.questions.export import StoredRoot, TrustStore
from pipeline.report.safe import visible
from pipeline.version import VERSION

if TYPE_CHECKING:
    from cyclonedx.model.component import Component

_NOTED: Final = ("position", "page", "serial_number", "key_type", "key_bits", "signature_algorithm")
"""What CycloneDX has no field of its own for; the evidence and the source stand beside it."""


def render(store: TrustStore) -> bytes:
    """Give the JSON.

    Raises UsageError if cyclonedx-python-lib isn't installed.
    """
    try:
        from cyclonedx.model.bom import Bom, BomMetaData
        from cyclonedx.model.component import Component, ComponentType
        from cyclonedx.model.tool import ToolRepository
        from cyclonedx.output.json import JsonV1Dot6
    except ImportError:
        raise UsageError(
            "CycloneDX needs cyclonedx-python-lib, which isn't installed; "
            "run `pip install 'trustlist[cyclonedx]'`."
        ) from None
    snapshot = store.snapshot
    firmware = _firmware(store)
    tool = Component(name="trustlist", version=VERSION, type=ComponentType.APPLICATION)
    identity = (snapshot.product, snapshot.firmware, snapshot.revision, snapshot.document_sha256)
    roots = [_asset(root) for root in store.roots]
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"trustlist:{identity}"),
        metadata=BomMetaData(
            tools=ToolRepository(components=[tool]),
            component=firmware,
            timestamp=snapshot.ingested_at,
        ),
        components=roots,
    )
    bom.register_dependency(firmware, roots)
    return f"{JsonV1Dot6(bom).output_as_string(indent=2)}\n".encode()


def _firmware(store: TrustStore) -> Component:
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component, ComponentType

    snapshot = store.snapshot
    noted = {
        "revision": snapshot.revision,
        "document": visible(snapshot.document),
        "document_sha256": snapshot.document_sha256,
        "problems": snapshot.problems,
    }
    return Component(
        type=ComponentType.FIRMWARE,
        name=visible(snapshot.product),
        version=snapshot.firmware,
        bom_ref="firmware",
        properties=[Property(name=f"trustlist:{k}", value=str(v)) for k, v in noted.items()],
    )


def _asset(root: StoredRoot) -> Component:
    from cyclonedx.model import HashAlgorithm, HashType, Property
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.crypto import CertificateProperties, CryptoAssetType, CryptoProperties

    digests = {
        HashAlgorithm.SHA_1: root.fingerprint,
        HashAlgorithm.SHA_256: root.fingerprint_sha256,
    }
    noted = {name: getattr(root, name) for name in (*_NOTED, "evidence", "certificate_source")}
    return Component(
        type=ComponentType.CRYPTOGRAPHIC_ASSET,
        name=visible(root.subject) or root.identity,
        bom_ref=root.identity,
        hashes=[HashType(alg=alg, content=digest) for alg, digest in digests.items() if digest],
        crypto_properties=CryptoProperties(
            asset_type=CryptoAssetType.CERTIFICATE,
            certificate_properties=CertificateProperties(
                subject_name=visible(root.subject),
                issuer_name=visible(root.issuer) if root.issuer else None,
                not_valid_before=root.not_before,
                not_valid_after=root.not_after,
                certificate_format="X.509",
            ),
        ),
        properties=[
            Property(name=f"trustlist:{name}", value=visible(str(value)))
            for name, value in noted.items()
            if value not in (None, "")
        ],
    )
