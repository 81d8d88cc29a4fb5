"""The interoperability profiles that a resolved profile carries, and what they make of the trees of a recording.

    imported = ImportedProfiles.of(profile["interop"], "data/profile.json")
    imported.findings("OCPRackPDU.v1_0_0.json", "OCP-Power-Distribution-Unit/Outlet/PowerState#read", key, answers)

A profile judges a tree as a whole, and hundreds of requirements ask for their part of it: so each tree is judged once.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from profiles.interop.entries import Record, recorded_profiles
from profiles.interop.requirements import requirements
from profiles.interop.rules import InteropProfile
from profiles.refusal import Refusal
from reports.interop.finding import Finding
from reports.interop.judge import judge
from reports.interop.tree import Tree

Found = Mapping[str, list[Finding]]


@dataclass(frozen=True, slots=True)
class ImportedProfiles:
    """Profiles by the names of their files."""

    profiles: Mapping[str, InteropProfile] = field(default_factory=dict)
    _judged: dict[tuple[str, Hashable], Found] = field(default_factory=dict)

    @classmethod
    def of(cls, record: Record, where: str) -> "ImportedProfiles":
        """From what a resolved profile carries; Refusal if one of them is no profile."""
        return cls(recorded_profiles(record, where))

    def findings(
        self, profile: str, requirement: str, tree: Hashable, answers: Iterable[Mapping[str, Any]]
    ) -> list[Finding]:
        """What decides a requirement in a tree; `tree` tells the trees of a recording apart.

        Where a mandatory requirement is only recommended at some places, those places do not decide it. Refusal if
        there is no such requirement.
        """
        if profile not in self.profiles:
            raise Refusal(
                "data/profile.json", f"it carries no interoperability profile '{profile}'", "resolve it again"
            )
        if (profile, tree) not in self._judged:
            self._judged[profile, tree] = self._judge(self.profiles[profile], answers)
        found = self._judged[profile, tree].get(requirement)
        if found is None:
            raise Refusal("data/profile.json", f"{profile} makes no requirement '{requirement}'", "resolve it again")
        return found

    def _judge(self, profile: InteropProfile, answers: Iterable[Mapping[str, Any]]) -> Found:
        levels = dict(requirements(profile))
        found: dict[str, list[Finding]] = {id_: [] for id_ in levels}
        for finding in judge(profile, Tree.of(answers)):
            if finding.level == "mandatory" or levels[finding.requirement] != "mandatory":
                found[finding.requirement].append(finding)
        return found
