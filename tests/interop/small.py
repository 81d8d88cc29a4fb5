"""Small profiles and trees for tests: one chassis with what a case needs."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from profiles.interop.reading import load_profile
from profiles.interop.rules import InteropProfile
from reports.interop.finding import Finding
from reports.interop.judge import judge
from reports.interop.tree import Tree

CHASSIS = "/redfish/v1/Chassis/1"
LINKS = {"/redfish/v1": ("Chassis", "/redfish/v1/Chassis")}


def profile(folder: Path, **parts: Any) -> InteropProfile:
    """A profile of the name Small with these top-level parts."""
    file = folder / "Small.v1_0_0.json"
    file.write_text(json.dumps({"ProfileName": "Small", "ProfileVersion": "1.0.0", **parts}))
    return load_profile(file)


def answers(*chassis: Mapping[str, Any], allow: list[str] | None = None, **root: Any) -> list[dict[str, Any]]:
    """A service with these chassis, numbered from 1."""
    members = [{"@odata.id": f"/redfish/v1/Chassis/{n}"} for n, _ in enumerate(chassis, 1)]
    documents = {
        "/redfish/v1": {
            "@odata.type": "#ServiceRoot.v1_15_0.ServiceRoot",
            "RedfishVersion": "1.15.0",
            "Chassis": {"@odata.id": "/redfish/v1/Chassis"},
            **root,
        },
        "/redfish/v1/Chassis": {"@odata.type": "#ChassisCollection.ChassisCollection", "Members": members},
        **{
            f"/redfish/v1/Chassis/{n}": {"@odata.type": "#Chassis.v1_20_0.Chassis", **one}
            for n, one in enumerate(chassis, 1)
        },
    }
    return [{"path": path, "status": 200, "allow": allow, "document": one} for path, one in documents.items()]


def words(made: InteropProfile, contents: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The words of each requirement, in the order of the instances, without the name of the profile."""
    found: dict[str, list[str]] = {}
    for finding in judge(made, Tree.of(contents)):
        found.setdefault(finding.requirement.removeprefix("Small/"), []).append(finding.word.value)
    return found


def findings(made: InteropProfile, contents: list[dict[str, Any]]) -> list[Finding]:
    return judge(made, Tree.of(contents))
