"""What devices live on: they die with their supply, come back after a boot, and forget what real ones forget."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from fixtures.device_map import load_map
from fixtures.wire import modbus
from fixtures.wire.mbap import Frame, Splitter, encode_frame
from fixtures.wire.modbus import Request
from profiles.refusal import Refusal
from simulators import site as site_file
from simulators.servers.line import Line
from simulators.servers.modbus import Box, serve
from simulators.servers.served import Served
from simulators.site import Site, load_site
from simulators.world import World

HOUR_MS = 3_600_000


def wired(preset: str = "lc-120") -> tuple[World, Site]:
    world = World(preset, 3, 0)
    return world, load_site(world.site, world, 3)


def there(site: Site) -> dict[str, bool]:
    return {name: one.served.reachable() for name, one in site.devices.items()}


def ahead(world: World, seconds: float) -> None:
    world.advance_to(world.time_ms + round(1000 * seconds))


def meter(world: World, feed: str = "essential") -> Served:
    return Served(world, "m", "m", "meter-mech", load_map("iem3000-meter"), 1, feed=feed)


def energy(served: Served) -> float:
    value = served.value("energy.import")
    assert isinstance(value, float)
    return value


def test_an_emergency_stop_takes_everything_on_the_ups_and_leaves_what_has_a_battery() -> None:
    world, site = wired()
    assert all(there(site).values())
    world.start_fault("sec.epo")
    ahead(world, 1)
    left = {name for name, alive in there(site).items() if alive}
    assert left == {"genset-1-controller"}
    assert {site.devices[name].served.life.feed for name in left} == {"battery"}


def test_a_mains_loss_restarts_what_hangs_on_the_essential_bus_and_nothing_else() -> None:
    world, site = wired()
    world.start_fault("mains.loss", {"duration": 300})
    ahead(world, 1)
    gone = {name for name, alive in there(site).items() if not alive}
    assert gone == {"meter-mech-modbus", "dry-cooler-1-controller"}
    dark = site.devices["meter-mech-modbus"].served.life
    assert dark.uptime_s() == 0 and not dark.powered()
    ahead(world, 59)
    assert all(there(site).values())
    assert dark.boots == 1 and 0 < dark.uptime_s() < 40
    assert site.devices["meter-it-modbus"].served.life.boots == 0


@pytest.mark.parametrize(("milliseconds", "boots"), [(10, 0), (20, 0), (200, 1)])
def test_a_power_supply_holds_for_twenty_milliseconds(milliseconds: int, boots: int) -> None:
    world = World("lc-120", 3, 0)
    served = meter(world, "mains")
    world.start_fault("mains.loss", {"duration": milliseconds / 1000})
    ahead(world, 1)
    assert (served.life.boots, served.reachable()) == (boots, boots == 0)
    ahead(world, 21)
    assert served.reachable()


def test_counters_come_back_as_last_saved_and_nothing_was_counted_in_the_dark() -> None:
    world = World("lc-120", 3, 0)
    served, twin = meter(world), Served(world, "m", "t", "meter-mech", load_map("iem3000-meter"), 1, feed="battery")
    ahead(world, 1200)
    before, hourly = energy(served), float(str(served.value("power"))) / 1000
    world.start_fault("mains.loss", {"duration": 300})
    ahead(world, 1)
    saved = served.life.save()["saved"]["energy.import"]
    assert 0 <= before - saved <= hourly * 900 / 3600 * 1.05
    ahead(world, 60)
    assert served.life.boots == 1
    ahead(world, 1)
    assert saved <= energy(served) <= saved + hourly * 60 / 3600
    assert energy(twin) >= before > energy(served)


def test_a_service_counts_from_zero_after_its_restart() -> None:
    world = World("edge-40", 3, 0)
    load_site(world.site, world, 3)
    served = Served(world, "x", "x", "npu-1", load_map("furiosa-exporter"), 1)
    counter = next(iter(served.life.save()["saved"]), None)
    world.start_fault("device.reboot", {"device": "npu-1"})
    ahead(world, 6)
    assert counter is None or float(str(served.value(counter))) < 1.0


def test_the_dark_is_part_of_the_saved_state() -> None:
    world, site = wired()
    world.start_fault("mains.loss", {"duration": 300})
    ahead(world, 4)
    saved = world.save()
    ahead(world, 80)
    rest, after = there(site), world.save()
    again, devices = wired()
    again.restore(saved)
    assert again.save() == saved
    assert not devices.devices["meter-mech-modbus"].served.reachable()
    ahead(again, 80)
    assert there(devices) == rest and json.loads(again.save()) == json.loads(after)


def test_a_supply_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(path: object) -> Mapping[str, Any]:
        return {"devices": {"ups-1-card": {"equipment": "ups-1", "map": "rfc1628-ups", "fed-by": "upps"}}}

    monkeypatch.setattr(site_file, "read_shipped", mistaken)
    with pytest.raises(Refusal, match="there is no supply 'upps'"):
        load_site("edge-40", World("edge-40", 3, 0), 3)


def test_a_box_without_power_is_silent_and_one_that_boots_knows_no_connection() -> None:
    world = World("lc-120", 3, 0)
    served = meter(world)

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(encode_frame(Frame(1, 1, modbus.encode_request(Request(modbus.READ_HOLDING, 3027, 2)))))
        try:
            data = await asyncio.wait_for(reader.read(300), 0.2)
        except TimeoutError:
            return "silence"
        except ConnectionResetError:
            return "reset"
        return "answer" if Splitter().feed(data) else "closed"

    async def talk() -> list[str]:
        server, port = await serve(Box({1: [served]}))
        heard = []
        old = await asyncio.open_connection("127.0.0.1", port)
        heard.append(await ask(*old))
        world.start_fault("mains.loss", {"duration": 5})
        ahead(world, 1)
        heard.append(await ask(*old))
        heard.append(await ask(*(await asyncio.open_connection("127.0.0.1", port))))
        ahead(world, 9)
        assert served.booting()
        heard.append(await ask(*old))
        heard.append(await ask(*(await asyncio.open_connection("127.0.0.1", port))))
        ahead(world, 20)
        heard.append(await ask(*(await asyncio.open_connection("127.0.0.1", port))))
        server.close()
        return heard

    assert asyncio.run(talk()) == ["answer", "silence", "silence", "reset", "reset", "answer"]


def test_a_line_behind_which_nobody_boots_lets_clients_in_up_to_the_limit_of_the_product() -> None:
    world = World("lc-120", 3, 0)
    served = Served(world, "m", "m", "meter-mech", load_map("iem3000-meter"), 1, clients=2)
    line = Line([served])
    assert [line.enter() for _ in range(3)] == [True, True, False]
    line.leave()
    assert line.enter()


def test_a_mean_is_empty_from_a_boot_until_the_next_refresh() -> None:
    world = World("edge-40", 3, 0)
    served = Served(world, "u", "u", "ups-1", load_map("rfc1628-ups"), 1)
    assert isinstance(served.value("output.power.l1"), float)
    world.start_fault("device.reboot", {"device": "ups-1"})
    seen = []
    ahead(world, 75)
    for _ in range(40):
        seen.append(served.value("output.power.l1") is None)
        ahead(world, 0.2)
    empty = seen.index(False)
    assert 0 < empty <= 26 and not any(seen[empty:])
