"""A rack on a DC bus bar and an environment monitor: the plant, read through the maps of real products."""

import asyncio
from collections.abc import Iterator, Mapping

import pytest

from fixtures.bench import load_bench
from fixtures.clock import RealClock
from fixtures.connect import connect
from fixtures.device_map import load_map
from fixtures.drivers.snmp_rows import captured
from fixtures.wire import ber
from profiles.refusal import Refusal
from simulators.plant.points.climate import monitor
from simulators.servers.snmp_seats import beside, seated
from simulators.world import World
from tests.simulators.process import Container, started
from tests.simulators.scenarios import truth

RECTIFIER, CLIMATE = "rectifier-1-controller", "climate-1-monitor"


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    with started(tmp_path_factory.mktemp("dc"), "edge-40-dc", "--clock", "lockstep", "--seed", "1") as running:
        yield running


@pytest.fixture(scope="module")
def world() -> World:
    return World("edge-40-dc", 1, 0)


def read(container: Container, device: str) -> Mapping[str, float | str | None]:
    async def all_points() -> dict[str, float | str | None]:
        driver = await connect(load_bench(container.folder / "bench.yaml"), device, RealClock())
        try:
            return {reading.point: reading.value for reading in await driver.read()}
        finally:
            await driver.close()

    return asyncio.run(all_points())


def test_the_rows_of_real_products_are_the_parts_that_the_container_has(container: Container) -> None:
    """Each number within the accuracy of its map; what the product has no probe for is absent."""
    for device in (RECTIFIER, CLIMATE):
        shown, device_map = read(container, device), container.map(device)
        rows = {name: point for name, point in seated(device_map, shown).points.items() if name in shown}
        assert len(rows) >= 10
        for name, point in rows.items():
            true, value = container.truth(device, name), shown[name]
            if isinstance(true, float):
                assert isinstance(value, float)
                class_of_it = point.accuracy.relative * abs(true) + point.accuracy.absolute
                assert value == pytest.approx(true, abs=class_of_it + point.resolution), name
            else:
                assert value == true, name


def test_doors_water_and_power_are_seen(container: Container) -> None:
    before = read(container, CLIMATE), read(container, RECTIFIER)
    for fault in ("sec.door_open", "leak.water"):
        container.ask("fault", name=fault)
    for feed in ("pdu-7", "pdu-8"):
        container.ask("fault", name="dist.breaker_trip", parameters={"equipment": feed})
    container.ask("advance", to_ms=90_000)
    after = read(container, CLIMATE), read(container, RECTIFIER)
    assert (before[0]["contact@101001"], after[0]["contact@101001"]) == ("closed", "open")
    assert (before[0]["leak@103001"], after[0]["leak@103001"]) == ("ok", "leak")
    assert before[1]["output.voltage"] == pytest.approx(50, rel=0.01)
    assert (after[1]["output.voltage"], after[1]["load.current"]) == (0.0, 0.0)


def test_the_bus_bar_carries_what_the_node_takes(world: World) -> None:
    """P = V·I, the modules make up the whole, and what the meters on AC see beyond it are the rectifiers' losses."""
    supplied = truth(world, "rectifier-1", "output.voltage") * truth(world, "rectifier-1", "load.current")
    assert supplied == pytest.approx(truth(world, "rectifier-1", "load.power"))
    modules = [truth(world, "rectifier-1", f"module.current@{k}") for k in (1, 2, 3, 4)]
    assert sum(modules) == pytest.approx(truth(world, "rectifier-1", "load.current"))
    taken = truth(world, "pdu-7", "power") + truth(world, "pdu-8", "power")
    assert 0.95 < supplied / taken < 0.97


@pytest.mark.parametrize(
    ("fault", "equipment", "left"), [("it.psu_fail", "rectifier-1", (2, 3, 4)), ("dist.breaker_trip", "pdu-8", (1, 3))]
)
def test_the_rectifiers_that_are_left_carry_on(fault: str, equipment: str, left: tuple[int, ...]) -> None:
    """One has failed, or one feed is dead, on which two of them hang."""
    world = World("edge-40-dc", 1, 0)
    world.start_fault(fault, {"equipment": equipment})
    world.advance_to(1_000)
    whole = truth(world, "rectifier-1", "load.current")
    assert whole == pytest.approx(190, rel=0.01)
    for k in (1, 2, 3, 4):
        assert truth(world, "rectifier-1", f"module.current@{k}") == pytest.approx(
            whole / len(left) if k in left else 0.0
        )
    dead = fault == "dist.breaker_trip"
    assert (truth(world, "rectifier-1", "module.input.voltage@2") == 0.0) is dead
    assert truth(world, "rectifier-1", "input.voltage") > 200.0


def test_a_row_says_which_kind_it_is() -> None:
    """What a reader looks for beside a value stands there, with the type of a number or of a text."""
    product = seated(load_map("vutlan"), ["temperature@201001", "contact@101001"])
    assert list(product.points) == ["temperature@201001", "contact@101001"]
    (column,) = beside(product.points["contact@101001"]).values()
    assert captured("1.3.6.1.4.1.39052.1.3.1.6.*", column.oid) == ("101001",)
    assert (column.tag, column.value) == (ber.OCTETS, b"dry")
    (column,) = beside(seated(load_map("hwg-poseidon"), ["humidity@7"]).points["humidity@7"]).values()
    assert (column.tag, column.value) == (ber.INTEGER, 3)


def test_a_probe_that_looks_at_nothing_is_refused() -> None:
    with pytest.raises(Refusal, match=r"probe 7: there is no 'cold-isle\.temperature'"):
        monitor(World("edge-40", 1, 0).container, {"7": "cold-isle.temperature"})
