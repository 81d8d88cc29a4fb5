"""Who signed a bundle, as its attestations say; whether they are to be believed is for `verify` to find out.

signatories(files)      (Signatory("operator", "시험소", "2026-11-03", "2027-11-03", "3f…"), …)
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from profiles.refusal import Refusal
from reports.sealing.envelope import read_envelope

SUFFIX = ".dsse.json"


@dataclass(frozen=True, slots=True)
class Signatory:
    """One signature: the attestation it stands in, and its certificate's name, ISO dates and SHA-256."""

    attestation: str
    name: str
    begin: str
    end: str
    fingerprint: str


def signatories(files: Mapping[str, bytes]) -> tuple[Signatory, ...]:
    """Every signature of every attestation, in the order of the files; Refusal if one is unreadable."""
    names = [name for name in sorted(files) if name.startswith("attestations/") and name.endswith(SUFFIX)]
    return tuple(
        _signatory(name.removeprefix("attestations/").removesuffix(SUFFIX), name, signature.chain)
        for name in names
        for signature in read_envelope(files[name], name).signatures
    )


def _signatory(attestation: str, path: str, chain: tuple[str, ...]) -> Signatory:
    try:
        certificate = x509.load_pem_x509_certificate(chain[0].encode())
    except (IndexError, ValueError) as error:
        remedy = "ask the issuer for the untouched bundle"
        raise Refusal(path, "a signature has no readable certificate", remedy) from error
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return Signatory(
        attestation,
        str(names[0].value) if names else certificate.subject.rfc4514_string(),
        f"{certificate.not_valid_before_utc:%Y-%m-%d}",
        f"{certificate.not_valid_after_utc:%Y-%m-%d}",
        certificate.fingerprint(hashes.SHA256()).hex(),
    )
