"""The steps that show whether what was sealed is also so: who vouches for it, and whether its verdicts follow.

    check_trust(case); check_plan(case); check_verdicts(case) …

Each raises Fault with every reason that it found, and the others are still taken: who reads a bundle of a stranger
wants to know whether at least its verdicts recompute.
"""

from datetime import datetime

from profiles.refusal import Refusal
from reports.judging.completeness import coverage_says, plan_faults
from reports.judging.recompute import differences
from reports.judging.waivers import read_waivers
from reports.publication.proof import publication
from reports.sealing.envelope import OPERATOR
from reports.sealing.trust import vouch
from reports.verifying.case import Case, Fault, Finding, good
from reports.verifying.messages import message


def check_trust(case: Case) -> Finding:
    """Somebody the verifier trusts signed the operator's statement."""
    case.signed = [signed.judged(case.trust, case.at) for signed in case.signed]
    case.signers = [signed.facts() for signed in case.signed]
    if case.trust.roots is None:
        return "open", (message("trust.none", signers=case.names),)
    says = tuple(message(s.vouching.reason, **s.vouching.facts) for s in case.signed)
    # Whoever only says that it verified does not answer for the verdicts.
    if not any(s.vouching.trusted and s.file == OPERATOR for s in case.signed):
        raise Fault(*says)
    return "good", says


def check_policy(case: Case) -> Finding:
    """Those signed whom the policy demands."""
    if case.policy is None:
        raise Fault(message("policy.unreadable"))
    try:
        ended = datetime.fromisoformat(case.known().period[1])
    except (Refusal, ValueError, KeyError, TypeError) as error:
        raise Fault(message("policy.unreadable")) from error
    faults = case.policy.faults(case.signed, ended, case.at)
    if faults:
        raise Fault(*faults)
    return good("policy.good", count=len(case.policy.clauses))


def check_waivers(case: Case) -> Finding:
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
    return good("waivers.good", names=names)


def check_log(case: Case) -> Finding:
    """A public log vouches for its publication."""
    outcome, says = publication(case.files, case.payloads[OPERATOR], case.trust.logs)
    if outcome == "wrong":
        raise Fault(says)
    return outcome, (says,)


def check_plan(case: Case) -> Finding:
    """Every planned item has its verdict, and nothing else has one."""
    faults = plan_faults(case.known())
    if faults:
        raise Fault(*faults)
    found = message("plan.good", count=len(case.known().plan["items"]))
    return "good", (found, *coverage_says(case.known()))


def check_verdicts(case: Case) -> Finding:
    """Every verdict follows from the evidence."""
    try:
        found = differences(case.files, case.known())
    except Refusal as refusal:
        raise Fault(message("verdicts.unreadable", why=refusal)) from refusal
    if found:
        raise Fault(message("verdicts.differ", differences="; ".join(found)))
    return good("verdicts.good", count=len(case.known().rows))


def check_conclusion(case: Case) -> Finding:
    """What it comes to."""
    content = case.known()
    key = "conclusion.simulated" if content.simulated else "conclusion.good"
    return good(key, conclusion=content.conclusion, **content.counts)
