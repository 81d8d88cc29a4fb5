"""What `profiles` and `devices` print: lists, one document in full, and mistakes."""

import json
import sys
from collections.abc import Callable, Sequence
from functools import partial

from conformance.progress import limit_text
from conformance.table import table
from profiles.refusal import Refusal


def list_profiles() -> int:
    """A line per profile."""
    from profiles.resolve import profile_names, resolve

    rows = []
    for name in profile_names():
        document = resolve(name).document
        mandatory = sum(r["level"] == "mandatory" for r in document["requirements"])
        counts = f"{len(document['requirements'])} ({mandatory} mandatory)"
        titles = document["texts"]["profile"]["title"]
        rows.append((name, document["profile"]["version"], counts, titles["ko"], titles["en"]))
    print(table(("profile", "version", "requirements", "제목", "title"), rows))
    return 0


def show_profile(name: str, form: str, language: str) -> int:
    """Every requirement with its limit, the basis of that limit and what feeds it; or the document as JSON."""
    from profiles.resolve import resolve

    resolved = resolve(name)
    document = resolved.document
    if form == "json":
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    print(f"{document['texts']['profile']['title'][language]}   {resolved.digest}")
    print(f"decision rule {document['decision']['rule']}, k = {document['decision']['k']}\n")
    rows = []
    for requirement in document["requirements"]:
        limit = requirement["limit"]
        rows.append(
            (
                requirement["id"],
                requirement["level"],
                ", ".join(requirement["subjects"]),
                limit_text(limit),
                limit["basis"],
                document["texts"][requirement["id"]]["title"][language],
            )
        )
    print(table(("requirement", "level", "subject", "limit", "basis", "title"), rows))
    return 0


def list_rules(language: str) -> int:
    """A line per plausibility rule: what contradicts it, and what a bench lacks where it is not examined."""
    from profiles.plausibility import load_rules

    rows = []
    for name, rule in sorted(load_rules().items()):
        needs = rule.get("needs", {}).get(language, "")
        rows.append(
            (name, "yes" if rule["cases"] else "no", rule["title"][language], needs or rule["catches"][language])
        )
    print(table(("rule", "examined", "title", "catches, or what it would need"), rows))
    return 0


def check_profiles(profile: str | None) -> int:
    """Exit code 0 if there is no mistake, 2 otherwise."""
    from profiles.check import findings

    return _said(findings(profile), profile or "vocabulary, statistics, catalogue and profiles")


def list_devices() -> int:
    """A line per device map."""
    from fixtures.device_map import list_maps

    rows = [
        (m.name, m.protocol, m.subject, str(len(m.points)), m.source.get("status", ""), m.title) for m in list_maps()
    ]
    print(table(("map", "protocol", "subject", "points", "source", "title"), rows))
    return 0


def show_device(name: str, form: str) -> int:
    """Every point of a map: where it is read, its unit and how good it is."""
    from fixtures.device_map import load_map

    device_map = load_map(name)
    if form == "json":
        print(json.dumps(device_map.document, ensure_ascii=False, indent=2))
        return 0
    print(f"{device_map.title}   {device_map.digest}\nsource: {device_map.source.get('document', '')}\n")
    rows = []
    for point in device_map.points.values():
        where = " ".join(f"{key}={value}" for key, value in point.locator.items())
        accuracy = f"±({point.accuracy.relative * 100:g} % + {point.accuracy.absolute:g})"
        if (further := point.accuracy.temperature) is not None:
            low, high = further.outside
            accuracy += f" ±({further.relative * 100:g} % + {further.absolute:g})/K outside {low:g} … {high:g} °C"
        quantity = point.kind == "quantity"
        write = "yes" if point.writable else "no"
        rows.append(
            (point.name, point.unit or point.kind, f"{point.refresh_s:g} s", accuracy if quantity else "", write, where)
        )
    print(table(("point", "unit", "refresh", "accuracy", "writable", "read from"), rows))
    return 0


def check_devices(name: str | None) -> int:
    """Exit code 0 if there is no mistake, 2 otherwise."""
    from fixtures.device_map import load_map
    from fixtures.map_check import findings
    from fixtures.map_file import SCHEMA, find_map, map_names
    from profiles.yaml_source import load_document

    known = map_names()
    names = [name] if name else known
    shipped = [find_map(one) for one in names if one in known]
    found = [sentence for path in shipped for sentence in _problems(partial(load_document, path, SCHEMA))]
    found = found or [sentence for one in names for sentence in _problems(partial(load_map, one))]
    if not found:
        found = [sentence for one in names for sentence in findings(load_map(one))]
    return _said(found, name or f"{len(names)} device maps")


def _problems(job: Callable[[], object]) -> list[str]:
    try:
        job()
    except Refusal as refusal:
        return [str(refusal)]
    return []


def _said(found: Sequence[str], what: str) -> int:
    for sentence in dict.fromkeys(found):
        print(sentence, file=sys.stderr)
    if not found:
        print(f"{what}: no mistakes")
    return 2 if found else 0
