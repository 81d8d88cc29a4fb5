"""A PAdES signature in the PDF (baseline B-B, ETSI EN 319 142-1), so that a PDF reader shows who issued it.

signed = sign_pdf(render_pdf(files), signer, "mains-loss-20261102")

The PDF stays a rendering: what counts is the signed bundle, whose envelope is attached. The signature certifies
the document and leaves others only the adding of signatures. Its time is the clock of this machine, unproven.
"""

import asyncio
import io
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from profiles.refusal import Refusal
from reports.sealing.certificates import Signer

FIELD = "Issuer"
_SIZE = 72
"""The longest DER signature of ECDSA P-256, in bytes."""


def sign_pdf(pdf: bytes, signer: Signer, reason: str) -> bytes:
    """The PDF with one incremental update that signs every byte before it; Refusal if pyHanko is missing."""
    try:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import fields, signers
    except ImportError as error:
        remedy = "install it: pip install 'microdc-conformance[pdf]'"
        raise Refusal("--sign", "pyHanko, which signs PDF, is not installed", remedy) from error
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
        reason=reason,
    )
    output = io.BytesIO()
    work = signers.PdfSigner(metadata, _hanko(signer)).async_sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=output
    )
    asyncio.run(work)
    return output.getvalue()


def _hanko(signer: Signer) -> Any:
    """Our signer as pyHanko wants it: the key may live anywhere that signs."""
    from asn1crypto import algos
    from asn1crypto.x509 import Certificate
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    chain = [Certificate.load(certificate.public_bytes(Encoding.DER)) for certificate in signer.chain]
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
    store.register_multiple(chain[1:])

    class Held(signers.Signer):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
            return bytes(_SIZE) if dry_run else signer.key.sign(data, algorithm)

    mechanism = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    return Held(signing_cert=chain[0], cert_registry=store, signature_mechanism=mechanism)
