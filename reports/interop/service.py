"""Requirements on the service as a whole: message registries, and what of the protocol its root declares."""

import re
from collections.abc import Mapping

from profiles.interop.rules import ProtocolRule, RegistryRule, level
from reports.interop.finding import PASSED, Answer, Word, said
from reports.interop.ledger import Ledger
from reports.interop.tree import ROOT, Resource, Tree, at

# Where the service root declares a feature (DSP0268, ServiceRoot.ProtocolFeaturesSupported).
_FEATURES = {
    "FilterQuery": "FilterQuery",
    "SelectQuery": "SelectQuery",
    "OnlyQuery": "OnlyMemberQuery",
    "ExcerptQuery": "ExcerptQuery",
    "DeepPATCH": "DeepOperations/DeepPATCH",
    "DeepPOST": "DeepOperations/DeepPOST",
}
_EXPAND = ("ExpandQuery/ExpandAll", "ExpandQuery/Links", "ExpandQuery/NoLinks")


def judge_protocol(rule: ProtocolRule, tree: Tree, ledger: Ledger) -> None:
    """One property of `Protocol`, as far as the service root tells."""
    ledger.add(f"{rule.place}#protocol", level(rule.requirement), "", f"/{rule.name}", *_protocol(rule, tree))


def _protocol(rule: ProtocolRule, tree: Tree) -> Answer:
    root = tree.get(ROOT)
    if root is None:
        return Word.NOT_TESTED, said("no-root")
    if rule.min_version is not None:
        return at_least(str(root.document.get("RedfishVersion", "")), rule.min_version)
    declared = at(root.document, "ProtocolFeaturesSupported")[1]
    pointers = _EXPAND if rule.name == "ExpandQuery" else (_FEATURES.get(rule.name, ""),)
    if not pointers[0]:
        return Word.NOT_TESTED, said("unseen")
    if declared is None:
        return Word.NOT_TESTED, said("untold-features")
    good = any(at(declared, pointer)[1] is True for pointer in pointers)
    return PASSED if good else (Word.FAIL, said("unsupported-feature"))


def judge_registry(rule: RegistryRule, tree: Tree, ledger: Ledger) -> None:
    """Whether a message registry is there, new enough, and holds the messages."""
    files = [one for one in tree if one.kind == "MessageRegistryFile" and _name(one) == rule.name]
    weight = level(rule.read)
    if not files:
        listed = any(one.kind == "MessageRegistryFileCollection" for one in tree)
        answer = (Word.FAIL, said("unlisted")) if listed else (Word.NOT_TESTED, said("no-registry-list"))
        if rule.read in ("IfImplemented", "IfPopulated", "Conditional", "None"):
            answer = (Word.NOT_APPLICABLE, said("missing"))
        ledger.add(f"{rule.place}#registry", weight, "", "", *answer)
        return
    for file in files:
        ledger.add(f"{rule.place}#registry", weight, file.uri, "", Word.PASS)
        if rule.min_version:
            version = str(file.document.get("Registry", "")).partition(".")[2]
            ledger.add(f"{rule.place}#version", weight, file.uri, "/Registry", *at_least(version, rule.min_version))
        for name, read in (*rule.messages, *rule.features):
            ledger.add(f"{rule.place}/{name}#registry", level(read), file.uri, "", *_message(name, read, file, tree))


def _message(name: str, read: str, file: Resource, tree: Tree) -> Answer:
    if read in ("None", "IfImplemented", "IfPopulated", "Conditional"):
        return Word.NOT_APPLICABLE, said("not-asked")
    places = file.document.get("Location")
    uris = [at(place, "Uri")[1] for place in places] if isinstance(places, list) else []
    for uri in uris:
        content = tree.get(uri)
        messages = content.document.get("Messages") if content else None
        if isinstance(messages, Mapping):
            return PASSED if name in messages else (Word.FAIL, said("no-message"))
    return Word.NOT_TESTED, said("registry-unread")


def _name(file: Resource) -> str:
    return str(file.document.get("Registry", "")).partition(".")[0]


def at_least(version: str, least: tuple[int, ...]) -> Answer:
    """Whether a version in words is at least this one, as far as both are written."""
    numbers = tuple(map(int, re.findall(r"\d{1,9}", version)))
    if not numbers:
        return Word.FAIL, said("no-version")
    wanted = ".".join(map(str, least))
    shorter = min(len(numbers), len(least))
    good = numbers[:shorter] >= least[:shorter]
    return PASSED if good else (Word.FAIL, said("older-version", said=version, least=wanted))
