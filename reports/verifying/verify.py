"""Verification: is this bundle what its signer sealed, and do its verdicts follow from its evidence?

Bytes in, sentences out. The bundle is treated as hostile: nothing is extracted, run or fetched. The steps are
ordered, and what a failed step would have protected is not looked at.

    verification = verify_file(Path("smoke.zip"), Path("authority.pem"))
    print(verification.text("en")); sys.exit(verification.exit_code)
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from reports.bundles.archive import read_pack
from reports.bundles.archive_entry import Pack
from reports.sealing.keys import load_trust
from reports.sealing.signing_policy import SigningPolicy
from reports.sealing.statement import predicate
from reports.sealing.trust import Trust
from reports.verifying.case import Case, Fault, Finding
from reports.verifying.claims import (
    check_conclusion,
    check_log,
    check_plan,
    check_policy,
    check_trust,
    check_verdicts,
    check_waivers,
)
from reports.verifying.messages import message
from reports.verifying.seal import (
    check_archive,
    check_format,
    check_manifest,
    check_signatures,
    check_statement,
    check_timestamps,
)
from reports.verifying.verification import Step, Verification

Check = Callable[[Case], Finding]
STEPS: tuple[tuple[str, Check, bool], ...] = (
    ("archive", check_archive, True),
    ("format", check_format, True),
    ("manifest", check_manifest, True),
    ("signature", check_signatures, True),
    ("timestamp", check_timestamps, True),
    ("statement", check_statement, True),
    ("trust", check_trust, False),
    ("policy", check_policy, False),
    ("waivers", check_waivers, False),
    ("log", check_log, False),
    ("plan", check_plan, False),
    ("verdicts", check_verdicts, False),
    ("conclusion", check_conclusion, False),
)
"""Name, check, and whether its failure means that the rest is not what anybody signed."""


def verify_file(
    bundle: Path,
    trust: Path | None = None,
    at: datetime | None = None,
    policy: SigningPolicy | None = None,
    log: Path | None = None,
) -> Verification:
    """Verify the bundle on disk against the certificates in `trust`, and its publication against those in `log`.

    Refusal if a file is not what it must be.
    """
    return verify_trusting(read_pack(bundle), load_trust(trust, log=log), at or datetime.now(UTC), str(bundle), policy)


def verify(
    pack: Pack,
    roots: Sequence[x509.Certificate] | None,
    at: datetime,
    name: str = "bundle",
    logs: Sequence[ec.EllipticCurvePublicKey] | None = None,
) -> Verification:
    """Verify a bundle's bytes; chains are judged at the time `at`. Refusal if this is no bundle at all."""
    return verify_trusting(pack, Trust(None if roots is None else tuple(roots), logs=logs), at, name)


def verify_trusting(
    pack: Pack, trust: Trust, at: datetime, name: str = "bundle", policy: SigningPolicy | None = None
) -> Verification:
    """Verify a bundle's bytes at the time `at` against all that the verifier trusts and demands."""
    case = Case(pack, trust, at, policy, name)
    del pack  # once it is unpacked, nobody holds it any more
    steps: list[Step] = []
    sealed = True
    for step, check, seals in STEPS:
        if step == "policy" and policy is None:
            continue
        if not sealed:
            steps.append(Step(step, "not-run", (message("step.not-run"),)))
            continue
        try:
            steps.append(Step(step, *check(case)))
        except Fault as fault:
            steps.append(Step(step, "wrong", fault.says))
            sealed = not seals
    facts = _facts(case) if sealed else {}
    return Verification(name, tuple(steps), tuple(case.signers), facts)


def _facts(case: Case) -> dict[str, Any]:
    stated = predicate(case.files, case.known())
    return {key: stated[key] for key in ("conclusion", "certificate", "counts", "profile", "provenance")}
