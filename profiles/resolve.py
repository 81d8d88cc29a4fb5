"""From a profile to one flat document in which nothing refers to anything any more.

The document carries every requirement with its parameters put in, and a digest over its normative part
(RFC 8785, SHA-256). Everything written for people to read lies in `texts`, outside that part, so that a
corrected translation is not another profile. Nor is the same selection in another order.

>>> resolve("smoke").document["decision"]["rule"]
'guarded'
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from profiles.catalogue import DOMAINS, load_catalogue
from profiles.entry import Entry, filled, marks_of, references
from profiles.interop.entries import import_profiles
from profiles.plausibility import resolved_rules
from profiles.profile import Profile, profile_names, read_profile
from profiles.refusal import Refusal
from profiles.suggest import suggest

__all__ = ["Resolved", "normative_digest", "profile_names", "resolve"]

# A limit known from memory must not be printed as if its source had been read.
CITABLE = {"verified", "secondary"}
# From the weakest backing to the strongest: a limit is as good as its weakest number.
BASES = ("from-memory", "project", "secondary", "standard")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The flat document and the digest of its normative part (sha256:…)."""

    document: dict[str, Any]
    digest: str


def resolve(name: str | Path) -> Resolved:
    """The resolved profile; Refusal with file, line and the nearest word for anything unknown."""
    profile, catalogue = read_profile(name), load_catalogue()
    imports = import_profiles(profile)
    profile.check(catalogue, imports.entries)
    selected = [*(catalogue[wanted] for wanted in profile.requirements), *imports.entries.values()]
    entries = sorted(selected, key=_place)
    document: dict[str, Any] = {
        "schema": "resolved-profile/1",
        "profile": {"id": profile.id, "version": profile.data["version"]},
        "decision": profile.data["decision"],
        "procedures": [{"id": p["id"], "arguments": p.get("arguments", {})} for p in profile.data["procedures"]],
        "requirements": [_requirement(entry, profile) for entry in entries],
        "plausibility": resolved_rules(),
        **({"interop": imports.record()} if imports.profiles else {}),
    }
    try:
        # As whoever reads it back will: a float of 1e16 is written as an integer, which has no canonical form.
        digest = normative_digest(json.loads(rfc8785.dumps(document)))
    except rfc8785.CanonicalizationError as error:
        raise Refusal(profile.where(), f"it has no canonical form ({error})", "use smaller numbers") from None
    document["texts"] = {
        "profile": {"title": profile.data["title"], "scope": profile.data["scope"]},
        **{entry.id: _texts(entry, profile) for entry in entries},
    }
    document["digest"] = digest
    return Resolved(document, digest)


def normative_digest(document: Mapping[str, Any]) -> str:
    """The digest that a resolved document should carry."""
    normative = {key: value for key, value in document.items() if key not in ("texts", "digest")}
    return "sha256:" + hashlib.sha256(rfc8785.dumps(normative)).hexdigest()


def _place(entry: Entry) -> tuple[int, str]:
    return DOMAINS.index(entry.domain), entry.id


def _requirement(entry: Entry, profile: Profile) -> dict[str, Any]:
    """One requirement with its procedure chosen and its parameters put in."""
    data = entry.data
    procedure = _procedure(entry, profile)
    parameters = _parameters(entry, profile)
    numbers = {name: parameter["value"] for name, parameter in parameters.items()}
    bases = [parameters[name]["basis"] for name in references(data["limit"])]
    remembered = any(parameter["basis"] == "from-memory" for parameter in parameters.values())
    condition = data.get("applies_when")
    limit = filled(data["limit"], numbers)
    if limit["op"] == "range" and limit["min"] > limit["max"]:
        what = f"{entry.id} would have to be at least {limit['min']} and at most {limit['max']} {limit['unit']}"
        raise Refusal(profile.where("parameters", entry.id), what, "exchange the two")
    return {
        "id": entry.id,
        "domain": entry.domain,
        "subjects": data["subjects"],
        "level": data["level"],
        "procedure": procedure,
        "applies_when": condition and {"feature": condition["feature"]},
        "measurand": {**filled(data["measurand"], numbers), **marks_of(data["measurand"], procedure)},
        "limit": {**limit, "basis": min(bases, key=BASES.index, default="project")},
        "resolution": data["resolution"],
        "parameters": parameters,
        "source": {**data["source"], "citable": data["source"]["status"] in CITABLE and not remembered},
    }


def _procedure(entry: Entry, profile: Profile) -> str:
    """The first procedure of the profile whose recording can feed the requirement."""
    possible = entry.data["procedures"]
    for procedure in profile.procedures:
        if procedure in possible:
            return procedure
    remedy = f"add one of its procedures: {', '.join(possible)}"
    raise Refusal(profile.where_selected(entry.id), f"no procedure of this profile feeds {entry.id}", remedy)


def _parameters(entry: Entry, profile: Profile) -> dict[str, dict[str, Any]]:
    """The entry's parameters, changed where the profile says so and only within their range.

    A changed number no longer stands in the source of the one it replaces: its basis is `project` unless the
    profile states another.
    """
    found = {name: dict(parameter) for name, parameter in entry.data["parameters"].items()}
    for name, change in profile.changes(entry.id).items():
        where = profile.where("parameters", entry.id, name)
        if name not in found:
            raise Refusal(where, f"{entry.id} has no parameter '{name}'", suggest(name, found))
        value, before = change["value"], found[name]
        lower, upper = before.get("range", (value, value))
        if not lower <= value <= upper:
            remedy = f"choose {lower} to {upper} {before['unit']}"
            raise Refusal(where, f"{value} lies outside the allowed range", remedy)
        basis = change.get("basis", "project")
        found[name] = {**before, "value": value, "basis": basis, "catalogue_value": before["value"]}
    return found


def _texts(entry: Entry, profile: Profile) -> dict[str, Any]:
    """What people read about a requirement: title and statement, when it applies, why a number differs."""
    texts: dict[str, Any] = {"title": entry.data["title"], "statement": entry.data["statement"]}
    if entry.data.get("applies_when"):
        texts["applies_when"] = entry.data["applies_when"]["reason"]
    if changes := profile.changes(entry.id):
        texts["parameters"] = {name: change["reason"] for name, change in changes.items()}
    return texts
