"""Publishing a bundle: its entry in a public log, and the proof of it that travels inside the bundle.

    publish(Path("smoke.zip"), PublicLog(Path("log")), signer)      adds attestations/log.tlog-proof

The proof lies outside the manifest, so that publishing changes nothing that was signed.
"""

from pathlib import Path

from profiles.refusal import Refusal
from reports.bundles.archive import open_archive, write_archive
from reports.bundles.whole_file import write_whole
from reports.publication.checkpoint import Proof
from reports.publication.proof import LOG_PROOF, entry_of
from reports.publication.public_log import PublicLog
from reports.sealing.certificates import Signer
from reports.sealing.envelope import OPERATOR, read_envelope
from reports.verifying.verify import verify_file


def publish(bundle: Path, log: PublicLog, signer: Signer) -> Proof:
    """Enter the bundle into the log and put the proof into it; Refusal if the bundle is not valid."""
    verification = verify_file(bundle)
    if verification.result == "invalid":
        remedy = "`conformance verify` says why; a log holds only what recomputes"
        raise Refusal(str(bundle), "it is not valid", remedy)
    files = open_archive(bundle)
    proof = log.add(entry_of(read_envelope(files[OPERATOR], OPERATOR).payload), signer)
    write_whole(bundle, write_archive({**files, LOG_PROOF: proof.text().encode()}))
    return proof
