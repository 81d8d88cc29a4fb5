"""The proof of a bundle's publication that travels inside it, and what a verifier makes of it.

outcome, why = publication(files, payload, keys)      # ("good", entry 7 of 12 in the log of …)
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec

from reports.publication.checkpoint import open_checkpoint, read_proof
from reports.verifying.messages import Sentence, message

LOG_PROOF = "attestations/log.tlog-proof"


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
