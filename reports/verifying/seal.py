"""The steps that show whether a bundle is what its signers sealed: after one that fails, the rest is nobody's word.

    check_archive(case); check_format(case); check_manifest(case); check_signatures(case) …

Each raises Fault with every reason that it found. No step looks at what an earlier one has not yet shown.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from profiles.refusal import Refusal
from reports.bundles.archive import read_archive
from reports.bundles.archive_entry import Damaged
from reports.bundles.content import MALFORMED, REQUIRED
from reports.bundles.formats import FORMATS
from reports.bundles.manifest import DECLARATION, INFO, MANIFEST, bundle_format, manifest_faults, sha256
from reports.publication.proof import LOG_PROOF
from reports.sealing.envelope import OPERATOR, PAYLOAD_TYPE, check_signature, read_envelope
from reports.sealing.signed import Signed, once, stamped
from reports.sealing.statement import covered, predicate, read_statement
from reports.verifying.case import Case, Fault, Finding, good
from reports.verifying.messages import Sentence, message
from reports.verifying.verification_result import SVR_TYPE, result_fault


def check_archive(case: Case) -> Finding:
    """It can be unpacked: a zip without traps."""
    try:
        case.files = read_archive(case.pack, case.name)
    except Damaged as damage:
        raise Fault(message("archive.damaged", why=damage)) from damage
    case.pack = b""
    return good("archive.good", count=len(case.files))


def check_format(case: Case) -> Finding:
    """It is a bundle, whole, and of a version that is known here. Refusal if it is no bundle at all."""
    if not any(name in case.files for name in (MANIFEST, DECLARATION, OPERATOR)):
        raise Refusal(case.name, "it is a zip, but not a bundle", "give the bundle that `conformance run` wrote")
    missing = [n for n in (DECLARATION, INFO, MANIFEST, OPERATOR, *REQUIRED) if n not in case.files]
    if missing:
        raise Fault(message("format.missing", names=", ".join(missing)))
    found = bundle_format(case.files)
    if found not in FORMATS:
        raise Fault(message("format.unknown", format=found))
    return good("format.good", format=found)


def check_manifest(case: Case) -> Finding:
    """Every file is as the manifest lists it."""
    faults = manifest_faults(case.files)
    if faults:
        raise Fault(*(message(f"manifest.{kind}", name=name) for kind, name in faults))
    return good("manifest.good", count=sum(name.startswith("data/") for name in case.files))


def check_signatures(case: Case) -> Finding:
    """Every signature is right for its certificate; whose that is comes later."""
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
    return good("signature.good", count=len(case.signed), signers=case.names)


def check_timestamps(case: Case) -> Finding:
    """Every time stamp is right; whether its authority is trusted stands in `signed`."""
    tokens = {n: case.files[n] for n in sorted(case.files) if n.startswith("attestations/") and n.endswith(".tsr")}
    case.signed, faults = stamped(case.signed, tokens, case.trust, case.at)
    if faults:
        raise Fault(*faults)
    timed = [f"{s.stamp.authority} {s.time:%Y-%m-%d %H:%M:%S} UTC" for s in case.signed if s.stamp and s.time]
    if timed:
        return good("timestamp.good", count=len(case.signed), timed=len(timed), times=", ".join(timed))
    return good("timestamp.unasked", count=len(tokens)) if tokens else good("timestamp.untimed")


def check_statement(case: Case) -> Finding:
    """Every signed statement covers the files that are there, and says of them what they say."""
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
    return good("statement.good", count=sum(covered(name) for name in case.files))


def _contradictions(case: Case, stated: Mapping[str, Any]) -> list[Sentence]:
    try:
        derived = predicate(case.files, case.known())
    except (Refusal, *MALFORMED) as error:
        return [message("statement.unreadable", why=error)]
    fields = [key for key in derived if derived[key] != stated.get(key)]
    return [message("statement.contradicts", field=key) for key in fields]
