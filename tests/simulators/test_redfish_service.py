"""A Redfish service remembers what it was told, refuses what is not allowed, and tells who wants to know."""

import asyncio
import base64
import contextlib
import json
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from simulators.world import World
from tests.simulators.redfish_desk import PASSWORD, USER, V1, Desk, desk

SESSIONS, ACCOUNTS = f"{V1}/SessionService/Sessions", f"{V1}/AccountService/Accounts"
SUBSCRIPTIONS = f"{V1}/EventService/Subscriptions"
SYSTEM = f"{V1}/Systems/1"
LOGIN = {"UserName": USER, "Password": PASSWORD}


def at_desk(play: Callable[[Desk], Awaitable[None]], device: str = "bmc-1", device_map: str = "redfish-bmc") -> None:
    async def scene() -> None:
        preset = "lc-120" if device.startswith("cdu") else "edge-40"
        async with desk(World(preset, 1, 0), device, device_map) as ours:
            await play(ours)

    asyncio.run(scene())


def test_a_session_expires_after_its_idle_time_and_not_before() -> None:
    async def play(ours: Desk) -> None:
        assert (await ours.ask("PATCH", f"{V1}/SessionService", {"SessionTimeout": 60})).body["SessionTimeout"] == 60
        made = await ours.ask("POST", SESSIONS, LOGIN, user="")
        token = made.headers["X-Auth-Token"]
        for seconds, status in ((50, 200), (105, 200), (170, 401)):
            ours.world.advance_to(1000 * seconds)
            assert (await ours.ask("GET", SYSTEM, user="", X_Auth_Token=token)).status == status
        assert (await ours.ask("GET", SESSIONS)).body["Members"] == []

    at_desk(play)


def test_a_session_does_not_outlive_a_restart_of_the_controller() -> None:
    async def play(ours: Desk) -> None:
        token = (await ours.ask("POST", SESSIONS, LOGIN, user="")).headers["X-Auth-Token"]
        assert (await ours.ask("GET", SYSTEM, user="", X_Auth_Token=token)).status == 200
        ours.world.start_fault("device.reboot", {"device": "bmc-1-redfish"})
        ours.world.advance_to(ours.world.time_ms + 80_000)
        assert (await ours.ask("GET", SYSTEM, user="", X_Auth_Token=token)).status == 401
        again = (await ours.ask("POST", SESSIONS, LOGIN, user="")).headers["X-Auth-Token"]
        assert (await ours.ask("GET", SYSTEM, user="", X_Auth_Token=again)).status == 200
        assert len((await ours.ask("GET", SESSIONS)).body["Members"]) == 1

    at_desk(play)


def test_what_is_patched_is_what_is_read_and_the_entity_tag_follows() -> None:
    async def play(ours: Desk) -> None:
        before = await ours.ask("GET", SYSTEM)
        tag = before.headers["ETag"]
        assert before.body["@odata.etag"] == tag
        assert (await ours.ask("GET", SYSTEM, If_None_Match=tag)).status == 304
        assert (await ours.ask("PATCH", SYSTEM, {"AssetTag": "rack 3"}, If_Match=tag)).status == 200
        assert (await ours.ask("GET", SYSTEM)).body["AssetTag"] == "rack 3"
        late = await ours.ask("PATCH", SYSTEM, {"AssetTag": "rack 4"}, If_Match=tag)
        assert (late.status, late.messages) == (412, ["PreconditionFailed"])
        assert (await ours.ask("GET", SYSTEM)).body["AssetTag"] == "rack 3"

    at_desk(play)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"PowerState": "Off"}, "PropertyNotWritable"),
        ({"Bogus": 1}, "PropertyUnknown"),
        ({"AssetTag": 3}, "PropertyValueTypeError"),
        ({"@odata.id": "/"}, "NoOperation"),
        ([], "UnrecognizedRequestBody"),
    ],
)
def test_what_cannot_be_written_is_refused_with_its_message(body: object, word: str) -> None:
    async def play(ours: Desk) -> None:
        before = (await ours.ask("GET", SYSTEM)).body
        answer = await ours.ask("PATCH", SYSTEM, body)
        assert (answer.status, answer.messages) == (400, [word])
        assert (await ours.ask("GET", SYSTEM)).body == before

    at_desk(play)


def test_arrays_are_patched_element_by_element() -> None:
    async def play(ours: Desk) -> None:
        path = f"{V1}/Managers/1/NetworkProtocol"
        for given, read in ((["a", "b"], ["a", "b"]), ([None, {}], ["b"]), (["c"], ["c"])):
            await ours.ask("PATCH", path, {"NTP": {"NTPServers": given}})
            assert (await ours.ask("GET", path)).body["NTP"]["NTPServers"] == read

    at_desk(play)


def test_a_role_allows_what_it_is_for_and_no_more() -> None:
    async def play(ours: Desk) -> None:
        reader = {"UserName": "reader", "Password": "look only", "RoleId": "ReadOnly"}
        made = await ours.ask("POST", ACCOUNTS, reader)
        own, me = made.headers["Location"], {"user": "reader", "password": "look only"}
        assert made.status == 201 and made.body["Password"] is None
        assert (await ours.ask("POST", ACCOUNTS, reader)).messages == ["ResourceAlreadyExists"]
        assert (await ours.ask("GET", SYSTEM, **me)).status == 200
        assert (await ours.ask("PATCH", SYSTEM, {"AssetTag": "mine"}, **me)).status == 403
        assert (await ours.ask("GET", f"{ACCOUNTS}/1", **me)).status == 403
        assert "reader" not in json.dumps((await ours.ask("GET", f"{ACCOUNTS}?$expand=*", **me)).body["Members"][0])
        assert (await ours.ask("PATCH", own, {"RoleId": "Administrator"}, **me)).status == 403
        assert (await ours.ask("PATCH", own, {"Password": "look again"}, **me)).status == 200
        assert (await ours.ask("GET", SYSTEM, **me)).status == 401
        assert (await ours.ask("DELETE", own)).status == 204
        assert (await ours.ask("GET", SYSTEM, user="reader", password="look again")).status == 401
        assert (await ours.ask("DELETE", f"{ACCOUNTS}/1")).messages == ["ResourceCannotBeDeleted"]

    at_desk(play)


def test_methods_queries_and_paths_are_answered_as_the_standard_says() -> None:
    async def play(ours: Desk) -> None:
        no = await ours.ask("DELETE", SYSTEM)
        assert (no.status, no.headers["Allow"]) == (405, "GET, HEAD, PATCH")
        assert (await ours.ask("GET", f"{V1}/Nothing")).messages == ["ResourceMissingAtURI"]
        nobody = await ours.ask("GET", f"{V1}/Nothing", user="")
        assert nobody.status == 401 and nobody.headers["WWW-Authenticate"].startswith("Basic")
        assert (await ours.ask("GET", f"{V1}/?$filter=x")).status == 501
        assert (await ours.ask("GET", f"{V1}/?$expand=.($levels=9)")).status == 400
        assert (await ours.ask("GET", f"{V1}/", OData_Version="4.1")).status == 412
        assert (await ours.ask("GET", f"{V1}/Managers?only")).body["Id"] == "1"
        chosen = (await ours.ask("GET", f"{SYSTEM}?$select=PowerState,Status/Health")).body
        assert {key for key in chosen if not key.startswith("@")} == {"PowerState", "Status"}
        assert set(chosen["Status"]) == {"Health"}
        sensors = (await ours.ask("GET", f"{V1}/Chassis/1/Sensors?$expand=.")).body["Members"]
        assert [one["Id"] for one in sensors] == ["ExhaustTemp", "InletTemp"]
        for one in sensors:
            assert one == (await ours.ask("GET", one["@odata.id"])).body

    at_desk(play)


def test_a_subscriber_is_told_of_a_leak_and_again_until_it_listens() -> None:
    async def play(ours: Desk) -> None:
        heard: list[dict[str, object]] = []
        refused: list[int] = []
        done = asyncio.Event()

        async def hear(request: web.Request) -> web.Response:
            if not refused:
                refused.append(1)
                return web.Response(status=503)
            heard.append(await request.json())
            done.set()
            return web.Response(status=204)

        receiver = web.AppRunner(listening(hear))
        await receiver.setup()
        site = web.TCPSite(receiver, "127.0.0.1", 0)
        await site.start()
        where = f"http://127.0.0.1:{receiver.addresses[0][1]}/events"
        body = {"Destination": where, "Protocol": "Redfish", "Context": "mine"}
        made = await ours.ask("POST", SUBSCRIPTIONS, body)
        assert (await ours.ask("POST", SUBSCRIPTIONS, body | {"Protocol": "FTP"})).messages == [
            "PropertyValueNotInList"
        ]
        ours.world.advance_to(2000)
        ours.world.start_fault("cdu.leak", {})
        ours.world.advance_to(60_000)
        await asyncio.wait_for(done.wait(), 10)
        event = heard[0]["Events"][0]  # type: ignore[index]
        assert heard[0]["Context"] == "mine"
        assert event["MessageId"] == "ResourceEvent.1.4.ResourceStateChanged"
        assert event["MessageArgs"] == [event["OriginOfCondition"]["@odata.id"], "Warning"]
        assert event["MessageArgs"][0].endswith("/LeakDetectors/Moisture")
        assert (await ours.ask("GET", event["OriginOfCondition"]["@odata.id"])).status == 200
        assert (await ours.ask("DELETE", made.headers["Location"])).status == 204
        await receiver.cleanup()

    at_desk(play, "cdu-1", "redfish-cdu-sensors")


def listening(hear: Callable[[web.Request], Awaitable[web.Response]]) -> web.Application:
    app = web.Application()
    app.router.add_post("/events", hear)
    return app


def test_a_stream_is_a_subscription_for_as_long_as_it_is_open() -> None:
    async def play(ours: Desk) -> None:
        stream = f"{ours.base}{V1}/EventService/SSE"
        allowed = {"Authorization": f"Basic {_basic()}"}
        test = f"{V1}/EventService/Actions/EventService.SubmitTestEvent"
        refused = await ours.ask("GET", f"{V1}/EventService/SSE", Accept="application/json")
        assert refused.status == 406
        async with ours.session.get(stream, headers=allowed) as answer:
            assert answer.content_type == "text/event-stream"
            (member,) = (await ours.ask("GET", SUBSCRIPTIONS)).body["Members"]
            shown = (await ours.ask("GET", member["@odata.id"])).body
            assert shown["SubscriptionType"] == "SSE" and isinstance(shown["Context"], str)
            for number in (1, 2):
                assert (await ours.ask("POST", test, {})).status == 204
                lines = []
                while not lines or not lines[-1].startswith("data:"):
                    lines.append((await asyncio.wait_for(answer.content.readline(), 5)).decode())
                assert f"id: {number}\n" in lines
                assert json.loads(lines[-1][5:])["Events"][0]["MessageId"] == "ResourceEvent.1.4.TestMessage"
            assert (await ours.ask("DELETE", member["@odata.id"])).status == 204
            assert (await asyncio.wait_for(answer.content.read(), 5)).strip() == b""
        async with ours.session.get(stream, headers=allowed):
            assert len((await ours.ask("GET", SUBSCRIPTIONS)).body["Members"]) == 1
        for _ in range(100):
            if not (await ours.ask("GET", SUBSCRIPTIONS)).body["Members"]:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("the subscription outlives its stream")

    at_desk(play)


@pytest.mark.parametrize(("fault", "heard"), [("", [1, 2]), ("bmc.events_late", [8, 9]), ("bmc.events_kept", [])])
def test_events_come_at_once_or_late_or_never(fault: str, heard: list[int]) -> None:
    async def play(ours: Desk) -> None:
        ours.world.start_fault(fault, {}) if fault else None
        test = f"{V1}/EventService/Actions/EventService.SubmitTestEvent"
        told: list[int] = []
        allowed = {"Authorization": f"Basic {_basic()}"}
        async with ours.session.get(f"{ours.base}{V1}/EventService/SSE", headers=allowed) as answer:
            for second in range(1, 20):
                ours.world.advance_to(1000 * second)
                if second < 3:
                    assert (await ours.ask("POST", test, {})).status == 204
                with contextlib.suppress(TimeoutError):
                    while line := await asyncio.wait_for(answer.content.readline(), 0.02):
                        told += [second] if line.startswith(b"id:") else []
        assert told == heard

    at_desk(play)


def _basic() -> str:
    return base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def test_saving_keeps_what_clients_made_and_ends_their_sessions() -> None:
    async def play(ours: Desk) -> None:
        await ours.ask("PATCH", SYSTEM, {"AssetTag": "rack 3"})
        await ours.ask("PATCH", f"{ACCOUNTS}/1", {"Password": "another one"})
        me = {"user": USER, "password": "another one"}
        token = (await ours.ask("POST", SESSIONS, LOGIN | {"Password": "another one"}, user="")).headers["X-Auth-Token"]
        saved = ours.world.save()
        tag = (await ours.ask("GET", SYSTEM, **me)).headers["ETag"]
        await ours.ask("PATCH", SYSTEM, {"AssetTag": "elsewhere"}, **me)
        await ours.ask("PATCH", f"{ACCOUNTS}/1", {"Password": "yet another"}, **me)
        ours.world.restore(saved)
        again = await ours.ask("GET", SYSTEM, **me)
        assert (again.body["AssetTag"], again.headers["ETag"]) == ("rack 3", tag)
        assert (await ours.ask("GET", SYSTEM, user="", X_Auth_Token=token)).status == 401

    at_desk(play)


def test_an_event_that_is_late_is_still_to_come_after_a_restore() -> None:
    async def scene() -> None:
        async with desk(World("edge-40", 1, 0)) as ours:
            ours.world.start_fault("bmc.events_late")
            await ours.ask("POST", f"{V1}/EventService/Actions/EventService.SubmitTestEvent", {})
            saved = ours.world.save()
        async with desk(World("edge-40", 1, 0)) as later:
            later.world.restore(saved)
            assert b"TestMessage" in saved and later.world.save() == saved

    asyncio.run(scene())


def test_credentials_that_have_expired_open_nothing_until_they_are_good_again() -> None:
    async def play(ours: Desk) -> None:
        ours.world.start_fault("device.auth_expired", {"device": "bmc-1-redfish"})
        assert (await ours.ask("GET", SYSTEM)).status == 401
        assert (await ours.ask("POST", SESSIONS, LOGIN, user="")).status == 401
        assert (await ours.ask("GET", f"{V1}/", user="")).status == 200
        ours.world.clear_fault("device.auth_expired")
        assert (await ours.ask("GET", SYSTEM)).status == 200

    at_desk(play)


def test_a_reset_and_a_power_limit_reach_the_plant_and_only_with_the_privilege() -> None:
    async def play(ours: Desk) -> None:
        world, reset = ours.world, f"{SYSTEM}/Actions/ComputerSystem.Reset"
        limit, metrics = {"PowerLimitWatts": {"SetPoint": 5000}}, f"{V1}/Chassis/1/EnvironmentMetrics"
        await ours.ask("POST", ACCOUNTS, {"UserName": "reader", "Password": "look only", "RoleId": "ReadOnly"})
        me = {"user": "reader", "password": "look only"}
        assert (await ours.ask("POST", reset, {"ResetType": "ForceOff"}, **me)).status == 403
        assert (await ours.ask("PATCH", metrics, limit, **me)).status == 403
        assert (await ours.ask("POST", reset, {"ResetType": "Nmi"})).messages == ["PropertyValueNotInList"]
        too_much = await ours.ask("PATCH", metrics, {"PowerLimitWatts": {"SetPoint": 1e6}})
        assert (too_much.status, too_much.messages) == (400, ["PropertyValueOutOfRange"])
        assert world.truth("bmc-1", "power-state") == "on" and world.truth("bmc-1", "power.limit") != 5000
        assert (await ours.ask("PATCH", metrics, limit)).status == 200
        assert (await ours.ask("POST", reset, {"ResetType": "ForceOff"})).status == 204
        world.advance_to(60_000)
        shown = (await ours.ask("GET", metrics)).body["PowerLimitWatts"]["SetPoint"]
        assert abs(shown - 5000) <= 2
        assert (await ours.ask("GET", SYSTEM)).body["PowerState"] == "Off"
        assert world.truth("bmc-1", "power") < 500

    at_desk(play)
