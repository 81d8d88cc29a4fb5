"""Judge a tree by an interoperability profile: a pure function, so an auditor gets the same findings again.

    findings = judge(load_profile(Path("OCPRackPDU.v1_0_0.json")), Tree.of(answers))
    verdict(findings)

Every requirement of the profile has at least one finding: what met no instance, and what a tree cannot show, is
said and never passed in silence.
"""

from profiles.interop.requirements import of_case, of_registry, requirements
from profiles.interop.rules import InteropProfile, UseCase, level
from reports.interop.actions import judge_actions
from reports.interop.conditions import Spot, selects
from reports.interop.finding import PASSED, Answer, Finding, Word, said
from reports.interop.ledger import Ledger
from reports.interop.properties import judge_properties
from reports.interop.service import at_least, judge_protocol, judge_registry
from reports.interop.tree import Resource, Tree, at


def judge(profile: InteropProfile, tree: Tree) -> list[Finding]:
    """Every finding, in the order of the profile's requirements."""
    ledger = Ledger()
    found = {case.place: [one for one in tree if selects(case, one, tree)] for case in profile.use_cases}
    for case in profile.use_cases:
        _judge_presence(case, found[case.place], tree, ledger)
        for resource in found[case.place]:
            _judge_resource(case, resource, tree, ledger)
            judge_properties(case.properties, Spot(resource, (resource.document,)), tree, ledger)
            judge_actions(case.actions, resource, tree, ledger)
    for registry in profile.registries:
        judge_registry(registry, tree, ledger)
    for rule in profile.protocol:
        judge_protocol(rule, tree, ledger)
    ledger.settle()
    order = {id_: n for n, (id_, _) in enumerate(requirements(profile))}
    _mention_the_rest(profile, found, ledger)
    return sorted(ledger.findings, key=lambda finding: order[finding.requirement])


def _judge_presence(case: UseCase, found: list[Resource], tree: Tree, ledger: Ledger) -> None:
    """Whether there is a resource that a use case is about."""
    place = (f"{case.place}#presence", level(case.read))
    if found:
        answer = (Word.FAIL, said("excluded")) if case.read == "Excluded" else PASSED
        for resource in found:
            ledger.add(*place, resource.uri, "", *answer)
        return
    ledger.add(*place, "", "", *_missing(case, tree))


def _missing(case: UseCase, tree: Tree) -> Answer:
    if not tree.whole:
        return Word.NOT_TESTED, said("part")
    match case.read:
        case "Mandatory" | "Supported" | "Recommended":
            return Word.FAIL, said("no-resource")
        case "Excluded":
            return PASSED
        case "IfImplemented":
            return Word.NOT_TESTED, said("none-unseen")
        case "Conditional":
            return Word.NOT_TESTED, said("none-conditions")
        case _:
            return Word.NOT_APPLICABLE, said("none")


def _judge_resource(case: UseCase, resource: Resource, tree: Tree, ledger: Ledger) -> None:
    """Its version, and what can be done with it."""
    weight = level(case.read)
    if case.min_version:
        answer: Answer = (Word.NOT_APPLICABLE, said("no-schema-version"))
        if resource.version:
            answer = at_least(".".join(map(str, resource.version)), case.min_version)
        ledger.add(f"{case.place}#version", weight, resource.uri, "/@odata.type", *answer)
    if case.create:
        ledger.add(f"{case.place}#create", weight, resource.uri, "", *_allows([resource], {"POST"}))
    changed = _members(resource, tree) if resource.kind.endswith("Collection") else [resource]
    if case.delete:
        ledger.add(f"{case.place}#delete", weight, resource.uri, "", *_allows(changed, {"DELETE"}))
    if case.update:
        ledger.add(f"{case.place}#update", weight, resource.uri, "", *_allows(changed, {"PUT", "PATCH"}))


def _members(collection: Resource, tree: Tree) -> list[Resource]:
    links = at(collection.document, "Members")[1]
    found = [tree.get(at(link, "@odata.id")[1]) for link in links] if isinstance(links, list) else []
    return [one for one in found if one]


def _allows(resources: list[Resource], methods: set[str]) -> Answer:
    """Whether one of them allows one of the methods."""
    if not resources:
        return Word.NOT_TESTED, said("no-member")
    told = [one.allow for one in resources if one.allow is not None]
    if any(allow & methods for allow in told):
        return PASSED
    if len(told) < len(resources):
        return Word.NOT_TESTED, said("untold-methods")
    return Word.FAIL, said("disallowed", methods="/".join(sorted(methods)))


def _mention_the_rest(profile: InteropProfile, found: dict[str, list[Resource]], ledger: Ledger) -> None:
    """A finding for every requirement that met nothing."""
    mentioned = {finding.requirement for finding in ledger.findings}
    for case in profile.use_cases:
        missing = not found[case.place] and case.read in ("Mandatory", "Supported")
        answer = (
            (Word.NOT_TESTED, said("no-resource-looked-at"))
            if missing
            else (Word.NOT_APPLICABLE, said("not-asked-about"))
        )
        for id_, weight in of_case(case):
            if id_ not in mentioned:
                ledger.add(id_, weight, "", "", *answer)
    for registry in profile.registries:
        for id_, weight in of_registry(registry):
            if id_ not in mentioned:
                ledger.add(id_, weight, "", "", Word.NOT_TESTED, said("no-registry"))
