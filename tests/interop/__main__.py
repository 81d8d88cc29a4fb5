"""Draw the tables of docs/interop-profiles.md anew: `python -m tests.interop`.

Every OCP profile that can be loaded, on the DMTF trees that it is about, judged by this suite and by DMTF's own
validator. A difference that nobody has explained is printed in full and counts as a failure of the command.
"""

import asyncio
import re
import sys
from collections import Counter
from pathlib import Path

from conformance.trees import read_folder
from profiles.interop.reading import load_profile
from reports.consistency.rules import examine, rules
from reports.interop.judge import judge
from reports.interop.tree import Tree
from tests.interop.comparing import CAUSES, Compared, compare
from tests.interop.peer import validate

ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "../shared/data/schemas/ocp-profiles"
TREES = ROOT / "../shared/data/redfish"
PAGE = ROOT / "docs/interop-profiles.md"

PAIRS = (
    ("LiquidCooling_OCPCoolantDistributionUnit.v1_0_0", "dmtf-cooling-unit"),
    ("LiquidCooling_OCPLiquidCoolingBaseline.v1_0_0", "dmtf-cooling-unit"),
    ("LiquidCooling_OCPRearDoorHeatExchanger.v1_0_0", "dmtf-cooling-unit"),
    ("RackAndPower_OCPRackPDU.v1_0_0", "dmtf-pdu"),
    ("RackAndPower_OCPPowerShelfManagement.v1_0_0", "dmtf-pdu"),
    ("OCPServiceBaseline.v1_0_0", "dmtf-pdu"),
    ("OCPServiceBaseline.v1_0_0", "dmtf-telemetry"),
    ("OCPServiceBaseline.v1_0_0", "dmtf-public-rackmount1"),
    ("OCPBaselineHardwareManagement.v1_0_1", "dmtf-public-rackmount1"),
    ("OCPBaselineHardwareManagement.v1_0_2", "dmtf-public-rackmount1"),
    ("OCPBaselineHardwareManagement.v1_1_0", "dmtf-public-rackmount1"),
    ("OCPBaselineHardwareManagement.v1_1_1", "dmtf-public-rackmount1"),
    ("Server_OCPServerHardwareManagement.v1_0_1", "dmtf-public-rackmount1"),
    ("Server_OCPServerHardwareManagement.v1_1_0", "dmtf-public-rackmount1"),
    ("gpu_OCP_UBB_BaselineManagement.v1.0.0", "dmtf-public-rackmount1"),
    ("Sustainability_OCP-Sustainability-Profile.v1_0_0", "dmtf-public-rackmount1"),
    ("OCP_NIC.v1_0_0", "dmtf-public-rackmount1"),
    ("gpu_OCP_UBB_BaselineManagement.v1.0.0", "supermicro-gb300-nvl"),
    ("gpu_OCP_UBB_BaselineManagement.v1.0.0", "nvidia-gh200"),
    ("Server_OCPServerHardwareManagement.v1_1_0", "hpe-dl380a-gen12"),
    ("Server_OCPServerHardwareManagement.v1_1_0", "dell-poweredge-r750"),
)

# The trees that begin at a service root.
WHOLE = (
    "dmtf-cooling-unit",
    "dmtf-pdu",
    "dmtf-public-rackmount1",
    "dmtf-telemetry",
    "dell-poweredge-r750",
    "hpe-dl380a-gen12",
    "nvidia-gh200",
    "supermicro-gb300-nvl",
)


def compared(profile_name: str, tree_name: str) -> list[Compared]:
    """Every key that either side decided about one profile and one tree."""
    profile = load_profile(PROFILES / f"{profile_name}.json")
    answers = asyncio.run(read_folder(TREES / tree_name))
    return compare(profile, judge(profile, Tree.of(answers)), validate(profile, answers))


def _contradictions() -> list[list[str]]:
    """For each rule and tree, what contradicts and how much was looked at."""
    trees = [Tree.of(asyncio.run(read_folder(TREES / name))) for name in WHOLE]
    found = [[examine(rule, tree, tolerance=5.0) for tree in trees] for rule in rules()]
    return [
        [rule, *(f"{sum(bool(p.contradiction) for p in places)} / {len(places)}" if places else "-" for places in row)]
        for rule, row in zip(rules(), found, strict=True)
    ]


def _draw(name: str, head: list[str], rows: list[list[str]]) -> None:
    """Put a table between its marks on the page, and print it."""
    table = "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])
    text = PAGE.read_text(encoding="utf-8")
    fresh = re.sub(rf"(<!-- {name} -->\n).*?(<!-- end -->)", rf"\1\n{table}\n\n\2", text, count=1, flags=re.DOTALL)
    PAGE.write_text(fresh, encoding="utf-8")
    print(table)


def main() -> int:
    rows, unexplained = [], []
    for profile_name, tree_name in PAIRS:
        pairs = compared(profile_name, tree_name)
        causes = Counter(one.cause for one in pairs if not one.same)
        unexplained += [one for one in pairs if not one.same and not one.cause]
        same = sum(one.same for one in pairs)
        cells = [str(causes[cause]) for cause in CAUSES]
        rows.append([profile_name, tree_name, str(len(pairs)), str(same), *cells, str(causes[""])])
    _draw("agreement", ["profile", "tree", "decided", "same", *CAUSES, "unexplained"], rows)
    _draw("contradictions", ["rule", *WHOLE], _contradictions())
    for one in unexplained:
        print(one.key, one.ours, one.theirs, one.message, one.findings)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
