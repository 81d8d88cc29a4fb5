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
from reports.interop.finding import Finding, Word
from reports.interop.ledger import Ledger
from reports.interop.properties import judge_properties
from reports.interop.service import at_least, judge_protocol, judge_registry
from reports.interop.tree import Resource, Tree, at

Answer = tuple[Word, str]


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
        excluded = case.read == "Excluded"
        for resource in found:
            ledger.add(
                *place, resource.uri, "", *((Word.FAIL, "it must not be there") if excluded else (Word.PASS, ""))
            )
        return
    ledger.add(*place, "", "", *_missing(case, tree))


def _missing(case: UseCase, tree: Tree) -> Answer:
    if not tree.whole:
        return Word.NOT_TESTED, "the tree has no service root, so it may be only a part"
    match case.read:
        case "Mandatory" | "Supported" | "Recommended":
            return Word.FAIL, "there is no such resource"
        case "Excluded":
            return Word.PASS, ""
        case "IfImplemented":
            return Word.NOT_TESTED, "there is none; whether its function is implemented cannot be seen"
        case "Conditional":
            return Word.NOT_TESTED, "there is none, so its conditions cannot be looked at"
        case _:
            return Word.NOT_APPLICABLE, "there is none"


def _judge_resource(case: UseCase, resource: Resource, tree: Tree, ledger: Ledger) -> None:
    """Its version, and what can be done with it."""
    weight = level(case.read)
    if case.min_version:
        answer: Answer = (Word.NOT_APPLICABLE, "its schema has no version")
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
        return Word.NOT_TESTED, "there is no member to look at"
    said = [one.allow for one in resources if one.allow is not None]
    if any(allow & methods for allow in said):
        return Word.PASS, ""
    if len(said) < len(resources):
        return Word.NOT_TESTED, "the service does not say which methods it allows"
    return Word.FAIL, f"the service does not allow {' or '.join(sorted(methods))}"


def _mention_the_rest(profile: InteropProfile, found: dict[str, list[Resource]], ledger: Ledger) -> None:
    """A finding for every requirement that met nothing."""
    mentioned = {finding.requirement for finding in ledger.findings}
    for case in profile.use_cases:
        missing = not found[case.place] and case.read in ("Mandatory", "Supported")
        answer = (
            (Word.NOT_TESTED, "there is no such resource to look at")
            if missing
            else (Word.NOT_APPLICABLE, "nothing is there that it asks about")
        )
        for id_, weight in of_case(case):
            if id_ not in mentioned:
                ledger.add(id_, weight, "", "", *answer)
    for registry in profile.registries:
        for id_, weight in of_registry(registry):
            if id_ not in mentioned:
                ledger.add(id_, weight, "", "", Word.NOT_TESTED, "the registry is not there")
