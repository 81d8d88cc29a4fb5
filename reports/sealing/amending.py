"""Adding signatures, tokens and statements to a bundle that is sealed: nothing that was signed is touched.

countersign_bundle(Path("smoke.zip"), witness, "witness")
pending(Path("smoke.zip"))                    the signatures that have no time stamp yet
add_token(Path("smoke.zip"), answer, asked)   the authority's answer, kept beside the signature
"""

from datetime import datetime
from pathlib import Path

from profiles.refusal import Refusal
from reports.bundles.archive import read_archive, read_pack, write_archive
from reports.bundles.whole_file import write_whole
from reports.sealing.certificates import Signer, keyid, role_of, subject_name
from reports.sealing.envelope import OPERATOR, check_signature, countersign, read_envelope, sign
from reports.sealing.timestamp import Doubtful, answers, covers, mended
from reports.verifying.verification import Verification
from reports.verifying.verification_result import write_result


def countersign_bundle(bundle: Path, signer: Signer, role: str) -> None:
    """Append a signature to the operator's envelope; Refusal if the certificate does not state `role`."""
    stated = role_of(signer.chain[0])
    if stated != role:
        what = f"the certificate of {subject_name(signer.chain[0])} states {stated or 'no role'}, not {role}"
        raise Refusal("--role", what, "use a certificate whose issuer wrote the role into it")
    files = _files(bundle)
    envelope = read_envelope(files[OPERATOR], OPERATOR)
    for signature in envelope.signatures:
        try:
            check_signature(envelope, signature)
        except ValueError as error:
            raise Refusal(f"{bundle}, {OPERATOR}", str(error), "verify the bundle first") from error
    if keyid(signer.chain[0]) in {signature.keyid for signature in envelope.signatures}:
        raise Refusal(str(bundle), "this key has signed it already", "use another key")
    write_whole(bundle, write_archive({**files, OPERATOR: countersign(envelope, signer).to_bytes()}))


def attest(bundle: Path, verification: Verification, signer: Signer, now: datetime, policy: Path | None) -> str:
    """Add a signed statement that the bundle was verified, and return its name; Refusal unless it is valid."""
    if verification.result != "valid":
        what = f"it is {verification.result}, and the statement knows no failure"
        raise Refusal(str(bundle), what, "attest what verifies with --trust")
    files = _files(bundle)
    name = f"attestations/verification-{keyid(signer.chain[0])[:12]}.dsse.json"
    if name in files:
        raise Refusal(str(bundle), f"this key has attested it already ({name})", "use another key")
    good = [step.name for step in verification.steps if step.outcome == "good" and step.name != "timestamp"]
    payload = read_envelope(files[OPERATOR], OPERATOR).payload
    rules = policy.read_bytes() if policy else None
    statement = write_result(payload, good, f"x509:{keyid(signer.chain[0])}", now, rules)
    write_whole(bundle, write_archive({**files, name: sign(statement, signer).to_bytes()}))
    return name


def pending(bundle: Path) -> dict[str, bytes]:
    """The signatures without a time stamp (DER), by the name their token will have in the bundle."""
    files = _files(bundle)
    tokens = [content for name, content in files.items() if name.endswith(".tsr")]
    found = {}
    for name in sorted(n for n in files if n.startswith("attestations/") and n.endswith(".dsse.json")):
        for signature in read_envelope(files[name], name).signatures:
            if not any(covers(token, signature.signature) for token in tokens):
                found[f"{name.removesuffix('.dsse.json')}-{signature.keyid[:12]}.tsr"] = signature.signature
    return found


def add_token(bundle: Path, answer: bytes, asked: bytes | None = None) -> str:
    """Add an authority's answer for a signature that waits for one, and return its name; Refusal if it fits none.

    With the request that was `asked`, the answer must carry its nonce.
    """
    try:
        names = [name for name, signature in pending(bundle).items() if covers(answer, signature)]
        if asked is not None and not answers(answer, asked):
            raise Refusal(str(bundle), "the time stamp answers another request", "ask the authority again")
        if not names:
            what = "the time stamp is over other bytes than any signature that waits for one"
            raise Refusal(str(bundle), what, "give the answer to the request made for this bundle")
        write_whole(bundle, write_archive({**_files(bundle), names[0]: mended(answer)}))
    except Doubtful as doubt:
        raise Refusal(str(bundle), doubt.says.en.rstrip("."), "ask the authority again") from doubt
    return names[0]


def _files(bundle: Path) -> dict[str, bytes]:
    files = read_archive(read_pack(bundle))
    if OPERATOR not in files:
        raise Refusal(str(bundle), "it is no bundle", "give the bundle that `conformance run` wrote")
    return files
