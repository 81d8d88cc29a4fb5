"""A profile: a named selection of requirements, and what it changes about their parameters.

>>> read_profile("smoke").id
'smoke'
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.procedures import load_procedures
from profiles.refusal import Refusal
from profiles.suggest import suggest
from profiles.yaml_source import Document, load_document

FOLDER = Path(__file__).parent / "profiles"


@dataclass(frozen=True, slots=True)
class Profile:
    """`data` is the profile as written; `document` knows the lines."""

    id: str
    data: Mapping[str, Any]
    document: Document

    @property
    def requirements(self) -> list[str]:
        """The selected ids in the order in which they were written."""
        return list(self.data.get("requirements", ()))

    @property
    def procedures(self) -> list[str]:
        """The procedures in the order in which they run."""
        return [procedure["id"] for procedure in self.data["procedures"]]

    def changes(self, requirement: str) -> Mapping[str, Mapping[str, Any]]:
        """What the profile changes about a requirement, by parameter: {value, reason, basis?}."""
        return dict(self.data.get("parameters", {}).get(requirement, {}))

    def where(self, *place: str | int) -> str:
        """File and line of a place in this profile."""
        return self.document.where(*place)

    def where_selected(self, requirement: str) -> str:
        """File and line at which a requirement is selected."""
        if requirement not in self.requirements:
            return self.where("interop")
        return self.where("requirements", self.requirements.index(requirement))

    def check(self, catalogue: Collection[str], imported: Collection[str] = ()) -> None:
        """Refusal for an unknown or a repeated requirement, and for a change to one that is neither selected nor
        `imported`."""
        seen = set()
        for n, name in enumerate(self.requirements):
            if name not in catalogue:
                where = self.where("requirements", n)
                raise Refusal(where, f"there is no requirement '{name}'", suggest(name, catalogue))
            if name in seen:
                raise Refusal(self.where("requirements", n), f"{name} stands here twice", "keep one of the two")
            seen.add(name)
        for name in self.data.get("parameters", {}):
            if name not in seen and name not in imported:
                where = self.where("parameters", name)
                raise Refusal(where, f"{name} is not in this profile", suggest(name, [*seen, *imported]))
        for n, procedure in enumerate(self.data["procedures"]):
            self._check_procedure(n, procedure["id"], procedure.get("arguments", {}))

    def _check_procedure(self, n: int, name: str, arguments: Collection[str]) -> None:
        known = load_procedures()
        if name not in known:
            where = self.where("procedures", n, "id")
            raise Refusal(where, f"there is no procedure '{name}'", suggest(name, known))
        if name in self.procedures[:n]:
            what = f"the procedure {name} stands here twice"
            raise Refusal(self.where("procedures", n), what, "keep one of the two")
        for argument in arguments:
            if argument not in known[name].arguments:
                where = self.where("procedures", n, "arguments", argument)
                what = f"the procedure {name} has no argument '{argument}'"
                raise Refusal(where, what, suggest(argument, known[name].arguments))


def read_profile(name: str | Path) -> Profile:
    """A shipped profile by name, or the profile in a file; Refusal with file, line and the nearest word."""
    document = load_document(find_profile(name), "profile")
    return Profile(document.data["profile"], document.data, document)


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
