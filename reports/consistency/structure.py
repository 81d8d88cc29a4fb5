"""Rules on the tree itself: roll-ups of health, counts of collections, and parts against what sums them up."""

from collections.abc import Iterator, Mapping
from typing import Any

from reports.consistency.gauges import ASLEEP, number
from reports.consistency.rules import Place, rule
from reports.interop.tree import Resource, Tree, at

_SEVERITY = {"OK": 0, "Warning": 1, "Critical": 2}


@rule("health-roll-up")
def health_roll_up(tree: Tree, tolerance: float) -> Iterator[Place]:
    """A roll-up is at least as bad as the health of the resource, and of every part below it that is in use."""
    members = [one for one in tree if _health(one) and at(one.document, "Status/State")[1] not in ASLEEP]
    for resource in tree:
        rolled = at(resource.document, "Status/HealthRollup")[1]
        if rolled in _SEVERITY:
            own = [resource] if _health(resource) else []
            below = [one for one in members if one.uri.startswith(f"{resource.uri}/")]
            worst = max([*own, *below], key=lambda one: _SEVERITY[_health(one)], default=None)
            problem = ""
            if worst and _SEVERITY[_health(worst)] > _SEVERITY[rolled]:
                problem = f"the roll-up is {rolled}, the health of {worst.uri} is {_health(worst)}"
            yield Place(resource.uri, "/Status/HealthRollup", problem)


def _health(resource: Resource) -> str:
    """The health of a resource itself; empty where it says none of the three words."""
    health = at(resource.document, "Status/Health")[1]
    return str(health) if health in _SEVERITY else ""


@rule("collection-count")
def collection_count(tree: Tree, tolerance: float) -> Iterator[Place]:
    """A collection has as many members as it says, and none of them twice."""
    for resource in tree:
        for path, body in _objects(resource.document):
            for key, said in body.items():
                name = key.removesuffix("@odata.count")
                listed = body.get(name)
                # A page of a longer collection says how many there are on all pages (DSP0266 §7.7).
                if name != key and isinstance(listed, list) and f"{name}@odata.nextLink" not in body:
                    yield Place(resource.uri, f"{path}/{key}", _count_problem(said, listed))


def _count_problem(said: object, listed: list[Any]) -> str:
    links = [link for entry in listed if isinstance(link := at(entry, "@odata.id")[1], str)]
    twice = sorted({link for link in links if links.count(link) > 1})
    if twice:
        return f"{twice[0]} stands in it twice"
    return f"it says {said} and lists {len(listed)}" if number(said) != len(listed) else ""


def _objects(document: object, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(document, Mapping):
        yield path, document
        for key, value in document.items():
            yield from _objects(value, f"{path}/{key}")
    elif isinstance(document, list):
        for n, value in enumerate(document):
            yield from _objects(value, f"{path}/{n}")


@rule("summary-of-parts")
def summary_of_parts(tree: Tree, tolerance: float) -> Iterator[Place]:
    """What a system says it has is what is found below it: processors by number, memory by capacity.

    In a part of a tree something may be missing that the service has; it is not looked at.
    """
    for system in tree:
        if system.kind != "ComputerSystem" or not tree.whole:
            continue
        below = [one for one in tree if one.uri.startswith(f"{system.uri}/") and present(one)]
        said = number(at(system.document, "ProcessorSummary/Count")[1])
        processors = [one for one in below if one.kind == "Processor"]
        if said is not None and processors:
            found = sum(one.document.get("ProcessorType", "CPU") == "CPU" for one in processors)
            problem = f"it says {said:g} processors, {found} are there" if said != found else ""
            yield Place(system.uri, "/ProcessorSummary/Count", problem)
        said = number(at(system.document, "MemorySummary/TotalSystemMemoryGiB")[1])
        sizes = [number(one.document.get("CapacityMiB")) for one in below if one.kind == "Memory"]
        if said is not None and sizes and None not in sizes:
            gib = sum(size or 0.0 for size in sizes) / 1024
            problem = f"it says {said:g} GiB, {gib:g} GiB are there" if abs(said - gib) > tolerance / 100 * gib else ""
            yield Place(system.uri, "/MemorySummary/TotalSystemMemoryGiB", problem)


@rule("redundancy-of-parts")
def redundancy_of_parts(tree: Tree, tolerance: float) -> Iterator[Place]:
    """A healthy group has the members it needs, each present and not critical."""
    for resource in tree:
        for path, body in _objects(resource.document):
            needed = number(body.get("MinNeededInGroup", body.get("MinNumNeeded")))
            links = body.get("RedundancyGroup", body.get("RedundancySet"))
            if needed is None or not isinstance(links, list):
                continue
            found = [tree.get(str(at(link, "@odata.id")[1])) for link in links]
            good = sum(one is not None and present(one) and _health(one) != "Critical" for one in found)
            if at(body, "Status/Health")[1] == "OK" and None not in found:
                problem = f"it needs {needed:g}, {good} can serve, and its health is OK" if good < needed else ""
                yield Place(resource.uri, path, problem)


def present(resource: Resource) -> bool:
    """Whether a part is there, as far as it says."""
    return at(resource.document, "Status/State") != (True, "Absent")
