"""Each consistency rule is content with a sound tree and turns red with the defect that it is about."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from profiles.refusal import Refusal
from reports.consistency.rules import examine, rules
from reports.interop.tree import Tree

C, S = "/redfish/v1/Chassis/1", "/redfish/v1/Systems/1"
SENSOR = {
    "@odata.type": "#Sensor.v1_11_0.Sensor",
    "ReadingType": "Temperature",
    "ReadingUnits": "Cel",
    "Reading": 30.0,
    "ReadingRangeMin": 0,
    "ReadingRangeMax": 100,
    "Status": {"State": "Enabled", "Health": "OK"},
    "Thresholds": {"LowerCritical": {"Reading": 5}, "UpperCaution": {"Reading": 50}, "UpperCritical": {"Reading": 60}},
}
SOUND: Mapping[str, Any] = {
    "/redfish/v1": {"@odata.type": "#ServiceRoot.v1_15_0.ServiceRoot"},
    C: {"@odata.type": "#Chassis.v1_20_0.Chassis", "Status": {"Health": "OK", "HealthRollup": "OK"}},
    f"{C}/Sensors": {
        "@odata.type": "#SensorCollection.SensorCollection",
        "Members": [{"@odata.id": f"{C}/Sensors/T"}, {"@odata.id": f"{C}/Sensors/A"}],
        "Members@odata.count": 2,
    },
    f"{C}/Sensors/T": SENSOR,
    f"{C}/Sensors/A": {**copy.deepcopy(SENSOR), "Reading": None, "Status": {"State": "Absent"}},
    f"{C}/EnvironmentMetrics": {
        "@odata.type": "#EnvironmentMetrics.v1_3_0.EnvironmentMetrics",
        "TemperatureCelsius": {"DataSourceUri": f"{C}/Sensors/T", "Reading": 30.1},
    },
    f"{C}/Thermal": {
        "@odata.type": "#Thermal.v1_7_0.Thermal",
        "Temperatures": [{"ReadingCelsius": 20, "MaxReadingRangeTemp": 90, "UpperThresholdCritical": 70, "Status": {}}],
    },
    f"{C}/PowerSubsystem": {
        "@odata.type": "#PowerSubsystem.v1_1_0.PowerSubsystem",
        "PowerSupplyRedundancy": [
            {"MinNeededInGroup": 1, "RedundancyGroup": [{"@odata.id": f"{C}/PSU"}], "Status": {"Health": "OK"}}
        ],
    },
    f"{C}/PSU": {"@odata.type": "#PowerSupply.v1_5_0.PowerSupply", "Status": {"State": "Enabled", "Health": "OK"}},
    S: {
        "@odata.type": "#ComputerSystem.v1_20_0.ComputerSystem",
        "ProcessorSummary": {"Count": 1},
        "MemorySummary": {"TotalSystemMemoryGiB": 32},
    },
    f"{S}/Processors/1": {"@odata.type": "#Processor.v1_18_0.Processor", "ProcessorType": "CPU"},
    f"{S}/Processors/2": {"@odata.type": "#Processor.v1_18_0.Processor", "ProcessorType": "GPU"},
    f"{S}/Memory/1": {"@odata.type": "#Memory.v1_18_0.Memory", "CapacityMiB": 32768},
}

# The rule, the path and the pointer of the defect, its value, and a word of what is then said.
DEFECTS: list[tuple[str, str, str, Any, str]] = [
    ("reading-in-range", f"{C}/Sensors/T", "Reading", 101, "above its range, which ends at 100"),
    ("reading-in-range", f"{C}/Sensors/T", "Reading", -0.5, "below its range"),
    ("reading-in-range", f"{C}/Thermal", "Temperatures/0/ReadingCelsius", 95, "above its range"),
    ("thresholds-in-order", f"{C}/Sensors/T", "Thresholds/UpperCaution/Reading", 61, "UpperCaution 61 is above"),
    ("health-of-thresholds", f"{C}/Sensors/T", "Reading", 61, "beyond UpperCritical 60"),
    ("health-of-thresholds", f"{C}/Sensors/T", "Reading", 4, "beyond LowerCritical 5"),
    ("unit-of-reading-type", f"{C}/Sensors/T", "ReadingUnits", "C", "Temperature is in C, not in Cel"),
    ("absent-parts-do-not-read", f"{C}/Sensors/A", "Reading", 0, "it is absent and reads 0"),
    ("absent-parts-do-not-read", f"{C}/EnvironmentMetrics", "Status", {"State": "Absent"}, "/TemperatureCelsius"),
    ("excerpt-equals-source", f"{C}/EnvironmentMetrics", "TemperatureCelsius/Reading", 33, "shows 30"),
    ("excerpt-equals-source", f"{C}/Sensors/T", "Reading", None, "shows nothing"),
    ("health-roll-up", C, "Status/Health", "Warning", "the roll-up is OK"),
    ("health-roll-up", f"{C}/PSU", "Status/Health", "Critical", f"the health of {C}/PSU is Critical"),
    ("collection-count", f"{C}/Sensors", "Members@odata.count", 3, "it says 3 and lists 2"),
    ("collection-count", f"{C}/Sensors", "Members/1", {"@odata.id": f"{C}/Sensors/T"}, "twice"),
    ("summary-of-parts", S, "ProcessorSummary/Count", 2, "it says 2 processors, 1 are there"),
    ("summary-of-parts", f"{S}/Memory/1", "Status", {"State": "Absent"}, ""),
    ("summary-of-parts", f"{S}/Memory/1", "CapacityMiB", 16384, "it says 32 GiB, 16 GiB are there"),
    ("redundancy-of-parts", f"{C}/PSU", "Status/State", "Absent", "it needs 1, 0 can serve"),
]


def tree(documents: Mapping[str, Any]) -> Tree:
    return Tree.of({"path": path, "status": 200, "allow": None, "document": one} for path, one in documents.items())


def contradictions(rule: str, documents: Mapping[str, Any]) -> list[str]:
    return [place.contradiction for place in examine(rule, tree(documents), 1.0) if place.contradiction]


@pytest.mark.parametrize("rule", rules())
def test_a_sound_tree_satisfies_every_rule_and_gives_each_something_to_look_at(rule: str) -> None:
    assert examine(rule, tree(SOUND), 1.0)
    assert contradictions(rule, SOUND) == []


@pytest.mark.parametrize(("rule", "path", "pointer", "value", "said"), DEFECTS)
def test_the_right_defect_turns_a_rule_red(rule: str, path: str, pointer: str, value: Any, said: str) -> None:
    broken = copy.deepcopy(dict(SOUND))
    body: Any = broken[path]
    *way, last = pointer.split("/")
    for step in way:
        body = body[int(step) if isinstance(body, list) else step]
    body[int(last) if isinstance(body, list) else last] = value
    found = contradictions(rule, broken)
    assert len(found) == (1 if said else 0) and said in "".join(found)


def test_every_rule_has_a_defect_that_it_sees() -> None:
    assert {rule for rule, *_, said in DEFECTS if said} == set(rules())


def test_a_threshold_that_does_not_act_in_this_direction_says_nothing() -> None:
    broken = copy.deepcopy(dict(SOUND))
    broken[f"{C}/Sensors/T"]["Reading"] = 61
    broken[f"{C}/Sensors/T"]["Thresholds"]["UpperCritical"]["Activation"] = "Decreasing"
    assert contradictions("health-of-thresholds", broken) == []


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(Refusal, match="did you mean 'collection-count'"):
        examine("collection-cont", tree({}))
