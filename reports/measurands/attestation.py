"""Statistics of what components prove of themselves."""

from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from reports.judging.reasons import NoEvidence, doubtful, reason
from reports.judging.verdict import Word
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Scope
from reports.measurands.spdm import read_transcript


@measurand("share-attested")
def share_attested(scope: Scope, *, question: str = "attestation") -> Value:
    """y = 100 % · |{answers that prove who measured what, and when}| / |{answers of components that can attest}|.

    An answer proves it if its transcript holds the nonce that it was asked with, its signature is that of the
    certificate that comes with it, and each certificate is signed by the next. Whose the last one is, is not judged.
    """
    asked = [one for one in scope.answers(question) if one["content"].get("component")]
    if not asked:
        raise NoEvidence(reason("cannot-attest", equipment=scope.equipment), Word.NOT_APPLICABLE)
    failed = [str(one["content"]["component"]) for one in asked if not _proves(one)]
    share = 100.0 * (len(asked) - len(failed)) / len(asked)
    return Value(share, "%", seen=tuple(dict.fromkeys(failed)))


def _proves(answer: Mapping[str, Any]) -> bool:
    content = answer["content"]
    try:
        if "nonce" not in content:
            raise ValueError(f"status {content['status']}")
        if content["status"] != 200 or not content["transcript"]:
            return False
        transcript = read_transcript(str(content["transcript"]))
        chain = x509.load_pem_x509_certificates(str(content.get("certificate")).encode())
        signed = transcript.signed_by(chain[0].public_key(), str(content.get("hashing")))
    except ValueError as error:
        raise doubtful("unread-transcript", device=answer["device"], component=content["component"]) from error
    fresh = transcript.asked.hex() == str(content["nonce"]).lower()
    return signed and fresh and all(map(_issued, chain, chain[1:]))


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
