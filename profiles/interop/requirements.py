"""Which requirements a profile makes: each rule makes one for every kind of question that it answers.

    dict(requirements(profile))["OCP-Service-Baseline/Chassis/Status#read"]     "mandatory"

The kinds are presence, version, create, update and delete of a resource; read, write, count, supports and value of a
property; action, info and advised of an action and its parameters; registry and protocol of the service.
"""

from collections.abc import Iterator

from profiles.interop.rules import ActionRule, InteropProfile, Level, PropertyRule, RegistryRule, UseCase, level


def requirements(profile: InteropProfile) -> Iterator[tuple[str, Level]]:
    """The id of every requirement of a profile, and how much it weighs where no condition changes that."""
    for case in profile.use_cases:
        yield from of_case(case)
    for registry in profile.registries:
        yield from of_registry(registry)
    for rule in profile.protocol:
        yield f"{rule.place}#protocol", level(rule.requirement)


def of_case(case: UseCase) -> Iterator[tuple[str, Level]]:
    """The same for one use case."""
    yield f"{case.place}#presence", level(case.read)
    if case.min_version:
        yield f"{case.place}#version", level(case.read)
    for kind, asked in (("create", case.create), ("delete", case.delete), ("update", case.update)):
        if asked:
            yield f"{case.place}#{kind}", level(case.read)
    for rule in case.properties:
        yield from _of_property(rule)
    for action in case.actions:
        yield from _of_action(action)


def _of_property(rule: PropertyRule) -> Iterator[tuple[str, Level]]:
    yield from ((f"{rule.place}#{kind}", weight) for kind, weight in rule.kinds())
    for embedded in rule.properties:
        yield from _of_property(embedded)


def _of_action(rule: ActionRule) -> Iterator[tuple[str, Level]]:
    if rule.read == "None":
        return
    yield f"{rule.place}#action", level(rule.read)
    if rule.info != "None":
        yield f"{rule.place}#info", level(rule.info)
    for parameter in rule.parameters:
        if parameter.read != "None":
            yield f"{parameter.place}#read", level(parameter.read)
        if parameter.values:
            yield f"{parameter.place}#supports", level(parameter.read)
        if parameter.advised:
            yield f"{parameter.place}#advised", "recommended"


def of_registry(rule: RegistryRule) -> Iterator[tuple[str, Level]]:
    """The same for one registry."""
    yield f"{rule.place}#registry", level(rule.read)
    if rule.min_version:
        yield f"{rule.place}#version", level(rule.read)
    for name, read in (*rule.messages, *rule.features):
        yield f"{rule.place}/{name}#registry", level(read)
