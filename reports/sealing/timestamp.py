"""Since when does a signature exist? RFC 3161 tokens over the signature's bytes, one per signature.

A token is the answer of a time-stamping authority (TSA), kept as it came in `attestations/*.tsr`; adding it later
touches nothing that was signed. Whose answers count is decided by the roots the verifier brings.

    answer = post(url, request(signature))     or carry the request to a machine that has a network
    stamp = check(answer, signature, trust, now)
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import tsp
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from reports.bundles.manifest import sha256
from reports.sealing.certificates import subject_name
from reports.sealing.revocation import revocation
from reports.sealing.trust import Trust
from reports.verifying.messages import Sentence, message

SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


class Doubtful(Exception):
    """A token that proves nothing; `says` is why."""

    def __init__(self, says: Sentence) -> None:
        super().__init__(says.en)
        self.says = says


@dataclass(frozen=True, slots=True)
class Stamp:
    """The token's time, whose it is, and whether a given root vouches for that authority."""

    time: datetime
    authority: str
    trusted: bool


def request(signature: bytes) -> bytes:
    """A request in DER for a token over the signature: SHA-256, with a nonce, asking for the certificate."""
    builder = TimestampRequestBuilder().data(signature).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()


def answers(answer: bytes, asked: bytes) -> bool:
    """Whether the answer carries the nonce of the request: it is not an old one played again."""
    nonce = tsp.TimeStampReq.load(asked)["nonce"].native
    return bool(read(answer).tst_info.nonce == nonce)


def mended(answer: bytes) -> bytes:
    """The answer with its certificates in the order DER demands; some authorities send them in another."""
    try:
        decode_timestamp_response(answer)
    except ValueError:
        document = tsp.TimeStampResp.load(answer)
        signed = document["time_stamp_token"]["content"]
        signed["certificates"] = sorted(signed["certificates"], key=lambda c: bytes(c.dump()))
        return bytes(document.dump(force=True))
    return answer


def read(answer: bytes) -> TimeStampResponse:
    """The answer parsed; Doubtful if it is none, or a refusal."""
    try:
        response = decode_timestamp_response(mended(answer))
        if response.status != 0:
            raise Doubtful(message("timestamp.refused", why=", ".join(response.status_string) or response.status))
        response.tst_info.gen_time  # noqa: B018 -- parsed lazily: what is broken shall show here
    except (ValueError, TypeError, KeyError) as error:
        raise Doubtful(message("timestamp.unreadable", why=error)) from error
    return response


def covers(answer: bytes, signature: bytes) -> bool:
    """Whether the token is over this signature."""
    imprint = read(answer).tst_info.message_imprint
    return imprint.hash_algorithm == SHA256 and imprint.message.hex() == sha256(signature)


def check(answer: bytes, signature: bytes, trust: Trust, now: datetime) -> Stamp:
    """What the token proves; Doubtful if it is over other bytes, forged, from the future or by a stranger.

    Without given timestamp roots nobody vouches for the authority: the stamp is then not `trusted`.
    """
    response = read(answer)
    if not covers(answer, signature):
        raise Doubtful(message("timestamp.other"))
    time = response.tst_info.gen_time.astimezone(UTC)
    try:
        path = _path(response, trust.timestamp_roots or ())
    except ValueError as error:
        raise Doubtful(message("timestamp.unreadable", why=error)) from error
    name = subject_name(path[0]) if path else "?"
    if trust.timestamp_roots is None:
        return Stamp(time, name, False)
    try:
        VerifierBuilder(roots=list(trust.timestamp_roots)).build().verify_message(response, signature)
    except (VerificationError, ValueError) as error:
        raise Doubtful(message("timestamp.stranger", authority=name, why=error)) from error
    fault = revocation(path, trust.crls, time, now) if trust.crls else None
    if fault:
        raise Doubtful(message(fault[0], **fault[1]))
    if time > now:
        raise Doubtful(message("timestamp.future", authority=name, time=f"{time:%Y-%m-%d %H:%M:%S}"))
    return Stamp(time, name, True)


def _path(response: TimeStampResponse, roots: tuple[x509.Certificate, ...]) -> list[x509.Certificate]:
    """The authority's certificate and its issuers as far as they are known; whether they count is checked elsewhere."""
    known = [x509.load_der_x509_certificate(der) for der in response.signed_data.certificates]
    signers = {(s.issuer, s.serial_number) for s in response.signed_data.signer_infos}
    path = [c for c in known if (c.issuer, c.serial_number) in signers][:1]
    while path and path[-1] not in roots:
        above = [c for c in (*roots, *known) if c.subject == path[-1].issuer and c not in path]
        if not above:
            break
        path.append(above[0])
    return path
