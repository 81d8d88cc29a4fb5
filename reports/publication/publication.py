"""Publication of a bundle: its entry in a public log, and the proof of it that travels inside the bundle.

    publish(Path("smoke.zip"), PublicLog(Path("log")), signer)      adds attestations/log.tlog-proof
    finding = publication(files, payload, keys)                     what `verify` says about it

The proof lies outside the manifest, so that publishing changes nothing that was signed.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from profiles.refusal import Refusal
from reports.bundles.archive import open_archive, write_archive
from reports.bundles.whole_file import write_whole
from reports.publication.checkpoint import Proof, open_checkpoint, read_proof
from reports.publication.public_log import PublicLog
from reports.sealing.certificates import Signer
from reports.sealing.envelope import read_envelope
from reports.verifying.messages import Sentence, message

LOG_PROOF = "attestations/log.tlog-proof"
OPERATOR = "attestations/operator.dsse.json"


def publish(bundle: Path, log: PublicLog, signer: Signer) -> Proof:
    """Enter the bundle into the log and put the proof into it; Refusal if the bundle is not valid."""
    from reports.verifying.verify import verify_file

    verification = verify_file(bundle)
    if verification.result == "invalid":
        remedy = "`conformance verify` says why; a log holds only what recomputes"
        raise Refusal(str(bundle), "it is not valid", remedy)
    files = open_archive(bundle)
    proof = log.add(entry_of(read_envelope(files[OPERATOR], OPERATOR).payload), signer)
    write_whole(bundle, write_archive({**files, LOG_PROOF: proof.text().encode()}))
    return proof


def entry_of(payload: bytes) -> bytes:
    """What a log holds of a bundle: SHA-256 of the payload that its signers signed."""
    return sha256(payload).digest()


def publication(
    files: Mapping[str, bytes], payload: bytes, keys: Sequence[ec.EllipticCurvePublicKey] | None
) -> tuple[str, Sentence]:
    """(outcome, why): `good` if one of the logs' `keys` vouches for the entry, `wrong` if asked and it does not.

    Without `keys` nobody asked: `note`, but a proof that leads nowhere is `wrong` all the same.
    """
    if LOG_PROOF not in files:
        return ("note", message("log.absent")) if keys is None else ("wrong", message("log.missing"))
    try:
        proof = read_proof(files[LOG_PROOF])
        if not proof.covers(entry_of(payload)):
            raise ValueError("it does not lead from this bundle to the log")
        found = proof.checkpoint() if keys is None else open_checkpoint(proof.note, keys)
    except ValueError as error:
        return "wrong", message("log.wrong", why=error)
    facts = {"origin": found.origin, "number": proof.index + 1, "size": found.size}
    return ("note", message("log.unchecked", **facts)) if keys is None else ("good", message("log.good", **facts))
