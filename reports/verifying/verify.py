"""Verification: is this bundle what its signer sealed, and do its verdicts follow from its evidence?

Bytes in, sentences out. The bundle is treated as hostile: nothing is extracted, run or fetched. The steps are
ordered, and what a failed step would have protected is not looked at.

    verification = verify_file(Path("smoke.zip"), Path("authority.pem"))
    print(verification.text("en")); sys.exit(verification.exit_code)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from profiles.refusal import Refusal
from reports.bundles.archive import read_archive, read_pack
from reports.bundles.archive_entry import Damaged, Pack
from reports.bundles.content import MALFORMED, REQUIRED, Content, read_content
from reports.bundles.formats import FORMATS
from reports.bundles.manifest import DECLARATION, INFO, MANIFEST, bundle_format, manifest_faults, sha256
from reports.judging.completeness import coverage_says, plan_faults
from reports.judging.recompute import differences
from reports.judging.waivers import read_waivers
from reports.publication.publication import LOG_PROOF, OPERATOR, publication
from reports.sealing.certificates import subject_name
from reports.sealing.envelope import PAYLOAD_TYPE, check_signature, read_envelope
from reports.sealing.keys import load_trust
from reports.sealing.signed import Signed, once, stamped
from reports.sealing.signing_policy import SigningPolicy
from reports.sealing.statement import covered, predicate, read_statement
from reports.sealing.trust import Trust, vouch
from reports.verifying.messages import Sentence, message
from reports.verifying.verification import Step, Verification
from reports.verifying.verification_result import SVR_TYPE, result_fault

__all__ = ["OPERATOR", "verify", "verify_file"]


class Fault(Exception):
    """A step failed; `says` holds every reason."""

    def __init__(self, *says: Sentence) -> None:
        super().__init__(says[0].en)
        self.says = says


@dataclass(slots=True)
class Case:
    """What is known so far about one bundle."""

    pack: Pack
    trust: Trust
    at: datetime
    policy: SigningPolicy | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    signed: list[Signed] = field(default_factory=list)
    payloads: dict[str, bytes] = field(default_factory=dict)
    signers: list[dict[str, Any]] = field(default_factory=list)
    content: Content | None = None

    def known(self) -> Content:
        """The parsed content; only asked for after the step that parses it."""
        if self.content is None:
            self.content = read_content(self.files)
        return self.content


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
    case = Case(pack, trust, at, policy)
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


Finding = tuple[str, tuple[Sentence, ...]]


def _good(key: str, **facts: object) -> Finding:
    return "good", (message(key, **facts),)


def _archive(case: Case) -> Finding:
    try:
        case.files = read_archive(case.pack)
    except Damaged as damage:
        raise Fault(message("archive.damaged", why=damage)) from damage
    case.pack = b""
    return _good("archive.good", count=len(case.files))


def _format(case: Case) -> Finding:
    if not any(name in case.files for name in (MANIFEST, DECLARATION, OPERATOR)):
        raise Refusal("file", "it is a zip, but not a bundle", "give the bundle that `conformance run` wrote")
    missing = [n for n in (DECLARATION, INFO, MANIFEST, OPERATOR, *REQUIRED) if n not in case.files]
    if missing:
        raise Fault(message("format.missing", names=", ".join(missing)))
    found = bundle_format(case.files)
    if found not in FORMATS:
        raise Fault(message("format.unknown", format=found))
    return _good("format.good", format=found)


def _manifest(case: Case) -> Finding:
    faults = manifest_faults(case.files)
    if faults:
        raise Fault(*(message(f"manifest.{kind}", name=name) for kind, name in faults))
    return _good("manifest.good", count=sum(name.startswith("data/") for name in case.files))


def _signatures(case: Case) -> Finding:
    for name in sorted(n for n in case.files if n.startswith("attestations/") and n.endswith(".dsse.json")):
        try:
            envelope = read_envelope(case.files[name], name)
        except Refusal as refusal:
            raise Fault(message("signature.unreadable", name=name, why=refusal)) from refusal
        if envelope.payload_type != PAYLOAD_TYPE:
            raise Fault(message("signature.type", name=name, type=envelope.payload_type))
        for signature in envelope.signatures:
            try:
                chain = check_signature(envelope, signature)
            except ValueError as error:
                raise Fault(message("signature.wrong", name=name, why=error)) from error
            case.signed.append(Signed(name, signature.signature, chain))
        case.payloads[name] = envelope.payload
    case.signed = once(case.signed)
    return _good("signature.good", count=len(case.signed), signers=_names(case))


def _names(case: Case) -> str:
    return ", ".join(subject_name(signed.chain[0]) for signed in case.signed)


def _timestamps(case: Case) -> Finding:
    tokens = {n: case.files[n] for n in sorted(case.files) if n.startswith("attestations/") and n.endswith(".tsr")}
    case.signed, faults = stamped(case.signed, tokens, case.trust, case.at)
    if faults:
        raise Fault(*faults)
    timed = [f"{s.stamp.authority} {s.time:%Y-%m-%d %H:%M:%S} UTC" for s in case.signed if s.stamp and s.time]
    if timed:
        return _good("timestamp.good", count=len(case.signed), timed=len(timed), times=", ".join(timed))
    return _good("timestamp.unasked", count=len(tokens)) if tokens else _good("timestamp.untimed")


def _statement(case: Case) -> Finding:
    faults: list[Sentence] = []
    for file, payload in case.payloads.items():
        try:
            document = read_statement(payload)
            if document["predicateType"] == SVR_TYPE and file != OPERATOR:
                fault = result_fault(document, case.payloads[OPERATOR])
                if fault:
                    raise ValueError(f"{file}: {fault}")
                case.signed = [replace(s, of="verification") if s.file == file else s for s in case.signed]
                continue
            if document["predicateType"] == SVR_TYPE:
                raise ValueError("the operator's statement is no statement of verdicts")
            subjects = {s["name"]: s["digest"]["sha256"] for s in document["subject"]}
            stated = dict(document["predicate"])
        except (Refusal, *MALFORMED) as error:
            raise Fault(message("statement.unreadable", why=error)) from error
        present = {name for name in case.files if covered(name)}
        faults += [message("statement.missing", name=name) for name in sorted(set(subjects) - present)]
        faults += [message("statement.uncovered", name=name) for name in sorted(present - set(subjects))]
        changed = [n for n in sorted(present & set(subjects)) if sha256(case.files[n]) != subjects[n]]
        faults += [message("statement.changed", name=name) for name in changed]
        if not faults:
            faults += _contradictions(case, stated)
    strays = [n for n in case.files if n.startswith("attestations/") and not n.endswith(".tsr")]
    strays = [n for n in strays if n not in (*case.payloads, LOG_PROOF)]
    faults += [message("statement.uncovered", name=name) for name in strays]
    if faults:
        raise Fault(*faults)
    return _good("statement.good", count=sum(covered(name) for name in case.files))


def _contradictions(case: Case, stated: Mapping[str, Any]) -> list[Sentence]:
    try:
        derived = predicate(case.files, case.known())
    except (Refusal, *MALFORMED) as error:
        return [message("statement.unreadable", why=error)]
    fields = [key for key in derived if derived[key] != stated.get(key)]
    return [message("statement.contradicts", field=key) for key in fields]


def _trust(case: Case) -> Finding:
    case.signed = [signed.judged(case.trust, case.at) for signed in case.signed]
    case.signers = [signed.facts() for signed in case.signed]
    if case.trust.roots is None:
        return "open", (message("trust.none", signers=_names(case)),)
    says = tuple(message(s.vouching.reason, **s.vouching.facts) for s in case.signed)
    # Whoever only says that it verified does not answer for the verdicts.
    if not any(s.vouching.trusted and s.file == OPERATOR for s in case.signed):
        raise Fault(*says)
    return "good", says


def _policy(case: Case) -> Finding:
    if case.policy is None:
        raise Fault(message("policy.unreadable"))
    try:
        ended = datetime.fromisoformat(case.known().period[1])
    except (Refusal, ValueError, KeyError, TypeError) as error:
        raise Fault(message("policy.unreadable")) from error
    faults = case.policy.faults(case.signed, ended, case.at)
    if faults:
        raise Fault(*faults)
    return _good("policy.good", count=len(case.policy.clauses))


def _waivers(case: Case) -> Finding:
    """Each waiver must be signed by somebody the verifier trusts; its operator cannot excuse himself."""
    try:
        found = read_waivers(case.files)
    except Refusal as refusal:
        raise Fault(message("waivers.unreadable", why=refusal)) from refusal
    if not found:
        return "note", (message("waivers.none"),)
    names = ", ".join(signed.waiver.name for signed in found)
    if case.trust.roots is None:
        return "open", (message("waivers.open", names=names),)
    for signed in found:
        if not any(vouch(chain, case.trust.roots, case.at, case.trust.crls).trusted for chain in signed.chains):
            raise Fault(message("waivers.stranger", name=signed.waiver.name, owner=signed.waiver.owner))
    return _good("waivers.good", names=names)


def _log(case: Case) -> Finding:
    outcome, says = publication(case.files, case.payloads[OPERATOR], case.trust.logs)
    if outcome == "wrong":
        raise Fault(says)
    return outcome, (says,)


def _plan(case: Case) -> Finding:
    faults = plan_faults(case.known())
    if faults:
        raise Fault(*faults)
    found = message("plan.good", count=len(case.known().plan["items"]))
    return "good", (found, *coverage_says(case.known()))


def _verdicts(case: Case) -> Finding:
    try:
        found = differences(case.files, case.known())
    except Refusal as refusal:
        raise Fault(message("verdicts.unreadable", why=refusal)) from refusal
    if found:
        raise Fault(message("verdicts.differ", differences="; ".join(found)))
    return _good("verdicts.good", count=len(case.known().rows))


def _conclusion(case: Case) -> Finding:
    content = case.known()
    key = "conclusion.simulated" if content.simulated else "conclusion.good"
    return _good(key, conclusion=content.conclusion, **content.counts)


def _facts(case: Case) -> dict[str, Any]:
    stated = predicate(case.files, case.known())
    return {key: stated[key] for key in ("conclusion", "certificate", "counts", "profile", "provenance")}


Check = Callable[[Case], Finding]
STEPS: tuple[tuple[str, Check, bool], ...] = (
    ("archive", _archive, True),
    ("format", _format, True),
    ("manifest", _manifest, True),
    ("signature", _signatures, True),
    ("timestamp", _timestamps, True),
    ("statement", _statement, True),
    ("trust", _trust, False),
    ("policy", _policy, False),
    ("waivers", _waivers, False),
    ("log", _log, False),
    ("plan", _plan, False),
    ("verdicts", _verdicts, False),
    ("conclusion", _conclusion, False),
)
"""Name, check, and whether its failure means that the rest is not what anybody signed."""
