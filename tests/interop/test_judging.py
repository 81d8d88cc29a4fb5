"""Each element of DSP0272 judges right and turns red with the right defect; nothing is passed in silence."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conformance.cli import main
from conformance.trees import read_folder
from profiles.interop.reading import load_profile
from profiles.interop.requirements import requirements
from profiles.interop.rules import Check
from reports import interop
from reports.interop.comparison import holds
from reports.interop.finding import Word, verdict
from reports.interop.judge import judge
from reports.interop.tree import Tree
from tests.interop.__main__ import PROFILES, TREES
from tests.interop.small import answers, findings, profile, words

PASS, FAIL, NA, OPEN = "pass", "fail", "not-applicable", "not-tested"

# kind, the rule on the property P, the chassis, the words of that kind over the chassis
CASES: list[tuple[str, dict[str, Any], list[dict[str, Any]], list[str]]] = [
    ("read", {}, [{"P": None}], [PASS]),
    ("read", {}, [{}], [FAIL]),
    ("read", {"ReadRequirement": "Supported"}, [{"P": 1}, {}], [PASS, NA]),
    ("read", {"ReadRequirement": "Supported"}, [{}, {}], [FAIL, FAIL]),
    ("read", {"ReadRequirement": "IfImplemented"}, [{}], [OPEN]),
    ("read", {"ReadRequirement": "IfPopulated"}, [{"Status": {"State": "Absent"}}, {}], [NA, FAIL]),
    ("read", {"ReadRequirement": "Excluded"}, [{}, {"P": 1}], [PASS, FAIL]),
    ("read", {"ReplacedByProperty": "Newer"}, [{"Newer": 1}, {}], [NA, FAIL]),
    ("read", {"ReplacesProperty": "/Old/One"}, [{"Old": {"One": 1}}, {}], [PASS, FAIL]),
    ("count", {"MinCount": 2}, [{"P": [1, 2]}, {"P": [1, None]}, {"P": 3}], [PASS, FAIL, FAIL]),
    (
        "supports",
        {"MinSupportValues": ["On", "Off"]},
        [
            {"P": "On", "P@Redfish.AllowableValues": ["Off", "On"]},
            {"P": 1, "P@Redfish.AllowableValues": ["On"]},
            {"P": 1},
        ],
        [PASS, FAIL, OPEN],
    ),
    ("value", {"Values": ["a", "b"]}, [{"P": "c"}, {"P": "b"}], [PASS, PASS]),
    ("value", {"Values": ["a", "b"]}, [{"P": "c"}], [FAIL]),
    ("value", {"Values": ["a", "b"], "Comparison": "AllOf"}, [{"P": ["a"]}, {"P": "b"}], [PASS, PASS]),
    ("value", {"Values": ["a", "b"], "Comparison": "AllOf"}, [{"P": "a"}, {}], [NA, FAIL]),
    ("value", {"Values": [1], "Comparison": "Equal"}, [{"P": 1}, {"P": True}], [PASS, FAIL]),
    ("value", {"Values": [5], "Comparison": "LessThan"}, [{"P": 4}, {"P": 5}, {"P": "4"}], [PASS, FAIL, FAIL]),
    ("write", {"WriteRequirement": "Mandatory"}, [{"P": 1}], [OPEN]),
    (
        "write",
        {"WriteRequirement": "Mandatory"},
        [{"P": 1, "@Redfish.WriteableProperties": ["P"]}, {"P": 1, "@Redfish.WriteableProperties": []}],
        [PASS, FAIL],
    ),
    (
        "write",
        {"WriteRequirement": "Supported"},
        [{"P": 1, "@Redfish.WriteableProperties": []}, {"P": 1, "@Redfish.WriteableProperties": ["P"]}],
        [NA, PASS],
    ),
]


@pytest.mark.parametrize(("kind", "rule", "chassis", "expected"), CASES)
def test_a_rule_on_a_property(
    tmp_path: Path, kind: str, rule: dict[str, Any], chassis: list[dict[str, Any]], expected: list[str]
) -> None:
    made = profile(tmp_path, Resources={"Chassis": {"PropertyRequirements": {"P": rule}}})
    assert sorted(words(made, answers(*chassis))[f"Chassis/P#{kind}"]) == sorted(expected)


@pytest.mark.parametrize(
    ("condition", "chassis", "expected"),
    [
        ({"CompareProperty": "Kind", "CompareType": "AnyOf", "CompareValues": ["a", "b"]}, {"Kind": "b"}, FAIL),
        ({"CompareProperty": "Kind", "CompareType": "AnyOf", "CompareValues": ["a", "b"]}, {"Kind": "c"}, NA),
        ({"CompareProperty": "Kind", "CompareType": "Absent"}, {}, FAIL),
        ({"CompareProperty": "/Kind", "CompareType": "Present"}, {"Kind": None}, FAIL),
        ({"SubordinateToResource": ["ServiceRoot", "ChassisCollection"]}, {}, FAIL),
        ({"SubordinateToResource": ["Manager", "ChassisCollection"]}, {}, NA),
        ({"URIs": ["/redfish/v1/Chassis/{ChassisId}"]}, {}, FAIL),
        ({"URIs": ["/redfish/v1/Chassis"]}, {}, NA),
    ],
)
def test_a_condition_is_met_or_not(tmp_path: Path, condition: Any, chassis: Any, expected: str) -> None:
    rule = {"ReadRequirement": "Conditional", "ConditionalRequirements": [condition]}
    made = profile(tmp_path, Resources={"Chassis": {"PropertyRequirements": {"Q": rule}}})
    assert words(made, answers(chassis))["Chassis/Q#read"] == [expected]
    # The same from an embedded object: a plain name is looked for further up.
    inner = profile(
        tmp_path, Resources={"Chassis": {"PropertyRequirements": {"O": {"PropertyRequirements": {"Q": rule}}}}}
    )
    assert words(inner, answers({**chassis, "O": [{}, None]}))["Chassis/O/Q#read"] == [expected]


def test_use_cases_select_their_resources(tmp_path: Path) -> None:
    case = {
        "UseCaseTitle": "Racks",
        "UseCaseKeyProperty": "ChassisType",
        "UseCaseComparison": "AnyOf",
        "UseCaseKeyValues": ["Rack", "Row"],
        "MinVersion": "1.21",
        "PropertyRequirements": {"Height": {}},
    }
    made = profile(tmp_path, Resources={"Chassis": {"UseCases": [case]}})
    found = words(made, answers({"ChassisType": "Row", "Height": 1}, {"ChassisType": "Sled"}))
    assert found == {
        "Chassis[Racks]#presence": [PASS],
        "Chassis[Racks]#version": [FAIL],
        "Chassis[Racks]/Height#read": [PASS],
    }
    missing = words(made, answers({"ChassisType": "Sled"}))
    assert missing["Chassis[Racks]#presence"] == [FAIL] and missing["Chassis[Racks]/Height#read"] == [OPEN]


def test_actions_and_their_parameters(tmp_path: Path) -> None:
    parameter = {"ParameterValues": ["On", "Off"], "RecommendedValues": ["Nap"]}
    made = profile(
        tmp_path, Resources={"Chassis": {"ActionRequirements": {"Reset": {"Parameters": {"ResetType": parameter}}}}}
    )
    place = "Chassis/Actions/Reset"

    def of(action: dict[str, Any] | None) -> list[str]:
        found = words(made, answers({} if action is None else {"Actions": {"#Chassis.Reset": action}}))
        return [
            found[f"{place}#action"][0],
            *(found[f"{place}/ResetType#{kind}"][0] for kind in ("read", "supports", "advised")),
        ]

    assert of({"ResetType@Redfish.AllowableValues": ["On", "Off", "Nap"]}) == [PASS, PASS, PASS, PASS]
    assert of({"ResetType@Redfish.AllowableValues": ["On"]}) == [PASS, PASS, FAIL, FAIL]
    assert of({}) == [PASS, OPEN, OPEN, OPEN]
    assert of(None) == [FAIL, NA, NA, NA]
    assert of({"@Redfish.ActionInfo": "/redfish/v1/Chassis"}) == [PASS, FAIL, OPEN, OPEN]


def test_what_can_be_done_with_members_is_what_the_service_allows(tmp_path: Path) -> None:
    made = profile(tmp_path, Resources={"ChassisCollection": {"CreateResource": True, "DeleteResource": True}})
    place = "ChassisCollection"
    for allow, expected in ((["POST", "DELETE"], PASS), (["GET"], FAIL), (None, OPEN)):
        found = words(made, answers({}, allow=allow))
        assert found[f"{place}#create"] == found[f"{place}#delete"] == [expected]


def test_the_protocol_is_judged_by_the_service_root(tmp_path: Path) -> None:
    made = profile(tmp_path, Protocol={"MinVersion": "1.16", "OnlyQuery": "Mandatory", "Discovery": "Recommended"})
    features = {"ProtocolFeaturesSupported": {"OnlyMemberQuery": True}}
    found = words(made, answers(**features))
    assert found == {
        "Protocol/MinVersion#protocol": [FAIL],
        "Protocol/OnlyQuery#protocol": [PASS],
        "Protocol/Discovery#protocol": [OPEN],
    }
    assert words(made, answers(RedfishVersion="1.16.1"))["Protocol/OnlyQuery#protocol"] == [OPEN]


def test_a_registry_is_looked_up_with_its_version(tmp_path: Path) -> None:
    made = profile(tmp_path, Registries={"Base": {"MinVersion": "1.5.0", "Messages": {"Success": {}}}})
    file = {"@odata.type": "#MessageRegistryFile.v1_1_0.MessageRegistryFile", "Registry": "Base.1.4"}
    contents = [*answers(), {"path": "/redfish/v1/Registries/Base", "status": 200, "allow": None, "document": file}]
    found = words(made, contents)
    assert found["Registries/Base#registry"] == [PASS] and found["Registries/Base#version"] == [FAIL]
    assert found["Registries/Base/Success#registry"] == [OPEN]
    assert words(made, answers())["Registries/Base#registry"] == [OPEN]


def test_a_version_of_absurd_length_is_no_version(tmp_path: Path) -> None:
    rule = {"MinVersion": "1.2.0"}
    made = profile(tmp_path, Resources={"Chassis": rule}, Protocol=rule)
    absurd = "9" * 5000
    found = words(made, answers({"@odata.type": f"#Chassis.v1_{absurd}_0.Chassis"}, RedfishVersion=absurd))
    assert found["Chassis#presence"] == [FAIL] and len(found["Protocol/MinVersion#protocol"]) == 1


def test_a_part_of_a_tree_cannot_show_what_is_missing(tmp_path: Path) -> None:
    made = profile(tmp_path, Resources={"Manager": {}})
    assert verdict(findings(made, answers({}))) is Word.FAIL
    assert verdict(findings(made, answers({})[2:])) is Word.NOT_TESTED


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda x: st.lists(x, max_size=3)))
def test_no_value_breaks_a_comparison(value: Any) -> None:
    for op in ("Equal", "GreaterThan", "Range", "Pattern", "LinkToResource", "AllOf", "NotEqual", "Absent"):
        assert isinstance(holds(Check(op, (1, 2)), value, Tree({})), bool)


@pytest.mark.skipif(not PROFILES.is_dir(), reason="no published profiles here")
def test_every_requirement_of_every_profile_is_mentioned() -> None:
    made = load_profile(PROFILES / "LiquidCooling_OCPCoolantDistributionUnit.v1_0_0.json")
    asked = [id_ for id_, _ in requirements(made)]
    assert len(set(asked)) == len(asked) > 400
    for name in ("dmtf-cooling-unit", "delta-powershelf"):
        found = judge(made, Tree.of(asyncio.run(read_folder(TREES / name))))
        assert {finding.requirement for finding in found} == set(asked)


def test_the_command_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile(
        tmp_path,
        Resources={"Chassis": {"PropertyRequirements": {"Model": {}, "Name": {"ReadRequirement": "Recommended"}}}},
    )
    for one in answers({"Model": "M1"}):
        file = tmp_path / "tree" / str(one["path"]).strip("/") / "index.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(one["document"]))
    line = ["interop", str(tmp_path / "Small.v1_0_0.json")]
    assert main([*line, str(tmp_path / "tree")]) == 0
    file.write_text(file.read_text().replace("Model", "Mode1"))
    assert main([*line, str(tmp_path / "tree")]) == 1
    assert (
        "fail  Small/Chassis/Model#read\n      /redfish/v1/Chassis/1/Model: it is not there" in capsys.readouterr().out
    )
    assert main([*line, str(tmp_path / "tree"), "--language", "ko"]) == 1
    assert "      /redfish/v1/Chassis/1/Model: 없습니다" in capsys.readouterr().out
    assert main([*line, str(tmp_path / "tree"), "--format", "json"]) == 1
    assert '"reason": {"ko": "없습니다", "en": "it is not there"}' in capsys.readouterr().out
    assert main(line) == 0
    assert "Small/Chassis/Name#read   recommended" in capsys.readouterr().out
    (tmp_path / "empty").mkdir()
    assert main([*line, str(tmp_path / "empty")]) == 2


def test_every_detail_stands_in_both_languages_and_is_used() -> None:
    folder = Path(interop.__file__).parent
    texts = yaml.safe_load((folder / "findings.yaml").read_text(encoding="utf-8"))["messages"]
    code = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    assert set(re.findall(r'\bsaid\("([a-z-]+)"', code)) == set(texts)
    for text in texts.values():
        facts = [sorted(re.findall(r"{\w+}", text[language])) for language in ("ko", "en")]
        assert set(text) == {"ko", "en"} and facts[0] == facts[1]
        assert re.search("[가-힣]", text["ko"]) and not re.search("[가-힣]", text["en"])
