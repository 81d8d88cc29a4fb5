"""The members that a service sends with their collection are resources as any others: judged, examined and read."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from conformance.cli import main
from conformance.trees import read_folder
from fixtures.device_map import load_map
from fixtures.drivers.redfish import RedfishDriver
from reports.consistency.rules import examine
from reports.interop.tree import Tree
from tests.fixtures.web import Handler, Served
from tests.interop.__main__ import TREES
from tests.interop.small import profile
from tests.interop.test_consistency import SENSOR

C = "/redfish/v1/Chassis"
HOT = {**SENSOR, "Reading": 101.0, "Status": {"State": "Enabled", "Health": "Critical"}}


def sensor(name: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"@odata.id": f"{C}/1/Sensors/{name}", "Id": name, "Name": name, **body}


def collection(path: str, kind: str, *members: dict[str, Any]) -> dict[str, Any]:
    head = {"@odata.id": path, "@odata.type": f"#{kind}Collection.{kind}Collection"}
    return {**head, "Members": list(members), "Members@odata.count": len(members)}


SENSORS = collection(f"{C}/1/Sensors", "Sensor", sensor("In", SENSOR), sensor("Out", HOT))
# Two levels in one answer: the chassis with their collection, the sensors with theirs.
CHASSIS = {"@odata.id": f"{C}/1", "@odata.type": "#Chassis.v1_20_0.Chassis", "Model": "M", "Sensors": SENSORS}
SERVICE = {
    "/redfish/v1": {
        "@odata.id": "/redfish/v1",
        "@odata.type": "#ServiceRoot.v1_15_0.ServiceRoot",
        "RedfishVersion": "1.15.0",
        "Chassis": {"@odata.id": C},
    },
    C: collection(C, "Chassis", CHASSIS),
}


def expanding(**more: Any) -> Handler:
    """A service that sends members with their collections, asked or not, and by themselves only what is in `more`."""

    async def answer(request: Any) -> web.Response:
        document = (SERVICE | more).get(request.path.rstrip("/"))
        return web.json_response(document or {}, status=200 if document else 404, headers={"Allow": "GET, PATCH"})

    return answer


def contents(**more: Any) -> list[dict[str, Any]]:
    return [{"path": path, "status": 200, "document": one} for path, one in (SERVICE | more).items()]


def test_each_member_is_a_resource_and_its_collection_holds_a_link() -> None:
    tree = Tree.of(contents())
    assert [one.kind for one in tree][2:] == ["Sensor", "Sensor", "SensorCollection", "Chassis"]
    assert tree[f"{C}/1/Sensors/Out"].document["Reading"] == 101.0
    assert tree[C].document["Members"] == [{"@odata.id": f"{C}/1"}]
    assert tree[f"{C}/1"].document["Sensors"] == {"@odata.id": f"{C}/1/Sensors"}


def test_what_was_read_at_its_own_path_goes_before() -> None:
    own = {"path": f"{C}/1/", "status": 200, "allow": ["GET"], "document": {**CHASSIS, "Model": "own"}}
    gone = {"path": f"{C}/1/Sensors/In", "status": 404, "document": None}
    for answers in ([own, *contents(), gone], [gone, *contents(), own]):
        tree = Tree.of(answers)
        assert (tree[f"{C}/1"].document["Model"], tree[f"{C}/1"].allow) == ("own", frozenset({"GET"}))
        assert tree.get(f"{C}/1/Sensors/In") and not tree.silent


def test_links_parts_and_objects_of_no_type_stay_where_they_are() -> None:
    part = {"@odata.id": f"{C}/1#/Fans/0", "@odata.type": "#Thermal.v1_0_0.Fan"}
    for member in (part, {"@odata.id": f"{C}/2", "Name": "no type"}, {"@odata.id": f"{C}/2"}, "text", None, [[]]):
        tree = Tree.of(contents(**{C: collection(C, "Chassis", member)}))
        assert tree[C].document["Members"] == [member] and len(tree.resources) == 2


def test_rules_look_at_an_embedded_sensor_once() -> None:
    places = examine("reading-in-range", Tree.of(contents()))
    assert [(place.uri, bool(place.contradiction)) for place in places] == [
        (f"{C}/1/Sensors/In", False),
        (f"{C}/1/Sensors/Out", True),
    ]
    assert len(examine("collection-count", Tree.of(contents()))) == 2


def test_a_profile_is_judged_on_what_an_expanding_service_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = {"Reading": {"Comparison": "LessThan", "Values": [100]}}
    resources = {"Sensor": {"PropertyRequirements": rules}, "Chassis": {"PropertyRequirements": {"Model": {}}}}
    profile(tmp_path, Resources=resources)
    line = ["interop", str(tmp_path / "Small.v1_0_0.json")]
    with Served(expanding()) as base:
        assert main([*line, base]) == 1
        assert f"{C}/1/Sensors/Out/Reading: 101.0 is not LessThan 100" in capsys.readouterr().out
        assert main([*line, base, "--format", "json"]) == 1
    found = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert sum(one["requirement"] == "Small/Sensor#presence" for one in found) == 2


def read(base: str) -> dict[str, float | str | None]:
    async def once() -> dict[str, float | str | None]:
        driver = RedfishDriver("d", load_map("redfish-sensors"), base, credentials={}, options={})
        try:
            await driver.read()
            return {one.point: one.value for one in await driver.read()}
        finally:
            await driver.close()

    return asyncio.run(once())


def test_members_that_come_unasked_are_read() -> None:
    own = {f"{C}/1": CHASSIS, f"{C}/1/Sensors": SENSORS}
    with Served(expanding(**own)) as base:
        found = read(base)
    assert (found["temperature@1.In"], found["temperature@1.Out"]) == (30.0, 101.0)


@pytest.mark.skipif(not TREES.is_dir(), reason="recorded Redfish trees are not on this computer")
def test_a_recording_in_expanded_form_shows_its_members() -> None:
    tree = Tree.of(asyncio.run(read_folder(TREES / "delta-powershelf")))
    assert sum(one.kind == "Sensor" for one in tree) == 142 and sum(one.kind == "PowerSupply" for one in tree) == 6
