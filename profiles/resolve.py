"""From a profile to one flat document in which nothing refers to anything any more.

The document carries every requirement with its parameters put in, and a digest over its normative part
(RFC 8785, SHA-256). Titles and statements lie outside that part, so that a corrected translation is not
another profile.

>>> resolve("smoke").document["decision"]["rule"]
'guarded'
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from profiles.catalogue import Entry, load_catalogue
from profiles.refusal import Refusal
from profiles.suggest import suggest
from profiles.yaml_source import Document, load_document

FOLDER = Path(__file__).parent / "profiles"
# A limit known from memory must not be printed as if its source had been read.
CITABLE = {"verified", "secondary"}


@dataclass(frozen=True, slots=True)
class Resolved:
    """The flat document and the digest of its normative part (sha256:…)."""

    document: dict[str, Any]
    digest: str


def find_profile(name: str | Path) -> Path:
    """The file of a shipped profile, or the given file; Refusal with the nearest name."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        return path
    names = profile_names()
    if str(name) not in names:
        raise Refusal(f"profile '{name}'", "there is no such profile", suggest(str(name), names))
    return FOLDER / f"{name}.yaml"


def profile_names() -> list[str]:
    """The profiles that come with this suite."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def resolve(name: str | Path) -> Resolved:
    """The resolved profile; Refusal with file, line and the nearest word for anything unknown."""
    source = load_document(find_profile(name), "profile")
    catalogue = load_catalogue()
    data = source.data
    procedures = [{"id": p["id"], "arguments": dict(p.get("arguments", {}))} for p in data["procedures"]]
    for wanted in data.get("parameters", {}):
        if wanted not in data["requirements"]:
            where = source.where("parameters", wanted)
            raise Refusal(where, f"{wanted} is not in this profile", suggest(wanted, data["requirements"]))
    requirements, texts = [], {}
    for n, wanted in enumerate(data["requirements"]):
        if wanted not in catalogue:
            raise Refusal(
                source.where("requirements", n), f"there is no requirement '{wanted}'", suggest(wanted, catalogue)
            )
        if wanted in texts:
            raise Refusal(source.where("requirements", n), f"{wanted} stands here twice", "keep one of the two")
        entry = catalogue[wanted]
        requirements.append(_requirement(entry, source, [p["id"] for p in procedures]))
        texts[wanted] = {"title": entry.data["title"], "statement": entry.data["statement"]}
    document: dict[str, Any] = {
        "schema": "resolved-profile/1",
        "profile": {"id": data["profile"], "version": data["version"]},
        "decision": data["decision"],
        "procedures": procedures,
        "requirements": requirements,
    }
    digest = "sha256:" + hashlib.sha256(rfc8785.dumps(document)).hexdigest()
    document["texts"] = {"profile": {"title": data["title"], "scope": data["scope"]}, **texts}
    document["digest"] = digest
    return Resolved(document, digest)


def normative_digest(document: Mapping[str, Any]) -> str:
    """The digest that a resolved document should carry."""
    normative = {key: value for key, value in document.items() if key not in ("texts", "digest")}
    return "sha256:" + hashlib.sha256(rfc8785.dumps(normative)).hexdigest()


def _requirement(entry: Entry, source: Document, procedures: list[str]) -> dict[str, Any]:
    """One requirement with its procedure chosen and its parameters put in."""
    data = entry.data
    possible = [procedure for procedure in procedures if procedure in data["procedures"]]
    if not possible:
        where = source.where("requirements", source.data["requirements"].index(entry.id))
        remedy = f"add one of its procedures: {', '.join(data['procedures'])}"
        raise Refusal(where, f"no procedure of this profile feeds {entry.id}", remedy)
    parameters = _parameters(entry, source)
    values = {name: parameter["value"] for name, parameter in parameters.items()}
    limit = _filled(data["limit"], values, entry, "limit")
    bases = {parameters[name]["basis"] for name in _named(data["limit"])}
    measurand = {
        k: _of_procedure(v, possible[0]) for k, v in _filled(data["measurand"], values, entry, "measurand").items()
    }
    return {
        "id": entry.id,
        "domain": entry.domain,
        "subjects": list(data["subjects"]),
        "level": data["level"],
        "procedure": possible[0],
        "applies_when": data.get("applies_when"),
        "measurand": measurand,
        "limit": {**limit, "basis": min(bases, key=BASES.index) if bases else "project"},
        "resolution": data["resolution"],
        "parameters": parameters,
        "source": {**data["source"], "citable": data["source"]["status"] in CITABLE and "from-memory" not in bases},
    }


# From the weakest backing to the strongest: a limit is as good as its weakest number.
BASES = ("from-memory", "project", "secondary", "standard")


def _of_procedure(value: Any, procedure: str) -> Any:
    """A mark may differ by procedure: `from: {smoke: sweep-begin, mains-loss: undisturbed}`."""
    return value[procedure] if isinstance(value, dict) and procedure in value else value


def _parameters(entry: Entry, source: Document) -> dict[str, dict[str, Any]]:
    """The entry's parameters, changed where the profile says so and only within their range."""
    found = {name: dict(parameter) for name, parameter in entry.data["parameters"].items()}
    for name, change in source.data.get("parameters", {}).get(entry.id, {}).items():
        where = source.where("parameters", entry.id, name)
        if name not in found:
            raise Refusal(where, f"{entry.id} has no parameter '{name}'", suggest(name, found))
        lower, upper = found[name].get("range", (None, None))
        value = change["value"]
        if lower is not None and upper is not None and not lower <= value <= upper:
            raise Refusal(
                where, f"{value} lies outside the allowed range", f"choose {lower} to {upper} {found[name]['unit']}"
            )
        found[name] |= {"value": value, "catalogue_value": found[name]["value"], "reason": change["reason"]}
        if "basis" in change:
            found[name]["basis"] = change["basis"]
    return found


def _filled(value: Any, values: Mapping[str, Any], entry: Entry, *place: str) -> Any:
    """A copy in which every `{parameter: name}` is its value."""
    if isinstance(value, dict):
        if set(value) == {"parameter"}:
            name = value["parameter"]
            if name not in values:
                raise Refusal(entry.where(*place), f"there is no parameter '{name}'", suggest(name, values))
            return values[name]
        return {key: _filled(inner, values, entry, *place) for key, inner in value.items()}
    return [_filled(inner, values, entry, *place) for inner in value] if isinstance(value, list) else value


def _named(value: Any) -> set[str]:
    """The names of all parameters that something refers to."""
    if isinstance(value, dict):
        if set(value) == {"parameter"}:
            return {value["parameter"]}
        return set().union(*(_named(inner) for inner in value.values())) if value else set()
    return set()
