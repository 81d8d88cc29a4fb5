"""DMTF's own validator says the same about the same trees, key by key; every difference has a known cause."""

import importlib.util
from pathlib import Path

import pytest

from tests.interop.__main__ import PAIRS, TREES, compared
from tests.interop.comparing import compare
from tests.interop.peer import validate
from tests.interop.small import answers, findings, profile

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("redfish_interop_validator") is None, reason="redfish_interop_validator is not installed"
)
QUICK = {PAIRS[0], PAIRS[3]}


@pytest.mark.skipif(not TREES.is_dir(), reason="no recorded trees here")
@pytest.mark.parametrize("pair", [pytest.param(p, marks=() if p in QUICK else pytest.mark.slow) for p in PAIRS])
def test_agreement_on_a_published_profile(pair: tuple[str, str]) -> None:
    both = compared(*pair)
    assert sum(one.same for one in both) > 100
    assert [one for one in both if not one.same and not one.cause] == []


def test_a_removed_property_fails_on_both_sides_and_a_wrong_judge_is_noticed(tmp_path: Path) -> None:
    rules = {
        "Model": {},
        "Name": {"ReadRequirement": "Supported"},
        "Kind": {"Values": ["a", "b"], "Comparison": "AllOf"},
        "Size": {"Values": [3], "Comparison": "GreaterThan", "WriteRequirement": "Mandatory"},
        "Parts": {"MinCount": 2, "PropertyRequirements": {"Id": {}}},
        "Mode": {"MinSupportValues": ["On"], "ReadRequirement": "IfImplemented"},
    }
    made = profile(tmp_path, Resources={"Chassis": {"MinVersion": "1.30.0", "PropertyRequirements": rules}})
    contents = answers(
        {"Model": "M", "Name": "N", "Kind": "a", "Size": 4, "Parts": [{"Id": 1}, {}], "Mode": "On"},
        {"Kind": "c", "Size": 2, "Parts": [], "Mode": "Off", "Mode@Redfish.AllowableValues": ["Off"]},
        allow=["GET"],
    )
    said = validate(made, contents)
    found = findings(made, contents)
    both = compare(made, found, said)
    assert [one for one in both if not one.same] == []
    assert sum(one.theirs == "fail" for one in both) >= 9
    assert any(not one.same for one in compare(made, found[3:], said))
