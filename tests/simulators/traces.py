"""What a container does after something happened: seen at every step, counted from that moment.

trace = follow(steady("lc-120"), 60, lambda w: w.start_fault("mains.loss"), inlet=inlet)
trace.highest("inlet")                      # -> (28.1, 49.2): °C and seconds
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from simulators.world import World
from tests.simulators.scenarios import truth

Probe = Callable[[World], float]
Change = Callable[[World], object]
GRID_S = 0.2


@dataclass(slots=True)
class Trace:
    """One value a step for each probe; `start` holds those of the moment before."""

    world: World
    start: dict[str, float]
    rows: list[dict[str, float]] = field(default_factory=list)

    def first(self, name: str, above: float | None = None, below: float | None = None, after: float = 0.0) -> float:
        """Seconds to the first value beyond a limit; infinite if none is."""
        for k, row in enumerate(self.rows):
            value, time = row[name], GRID_S * (k + 1)
            beyond = value > above if above is not None else below is not None and value < below
            if time > after and beyond:
                return time
        return float("inf")

    def last(self, name: str, above: float) -> float:
        """Seconds to the last value above a limit."""
        return max((GRID_S * (k + 1) for k, row in enumerate(self.rows) if row[name] > above), default=0.0)

    def highest(self, name: str, after: float = 0.0) -> tuple[float, float]:
        return max((row[name], GRID_S * (k + 1)) for k, row in enumerate(self.rows) if GRID_S * (k + 1) > after)

    def lowest(self, name: str, after: float = 0.0) -> tuple[float, float]:
        return min((row[name], GRID_S * (k + 1)) for k, row in enumerate(self.rows) if GRID_S * (k + 1) > after)

    def at(self, name: str, time: float) -> float:
        return self.rows[round(time / GRID_S) - 1][name]


def follow(world: World, seconds: float, change: Change | None = None, **probes: Probe) -> Trace:
    """Change something and look at every step of 200 ms."""
    begun = world.time_ms
    trace = Trace(world, {name: probe(world) for name, probe in probes.items()})
    if change is not None:
        change(world)
    for k in range(1, round(seconds / GRID_S) + 1):
        world.advance_to(begun + 200 * k)
        trace.rows.append({name: probe(world) for name, probe in probes.items()})
    return trace


@cache
def _settled(preset: str, share: float, warmer_k: float) -> tuple[World, bytes]:
    world = World(preset, 1, 0)
    nodes = world.container.nodes
    for node in nodes[round(share * len(nodes)) :]:
        node.switch(False)
    if warmer_k:
        world.start_fault("env.heat_wave", {"rise": warmer_k})
    if share < 1.0 or warmer_k:
        world.advance_to(3_600_000)
    return world, world.save()


def steady(preset: str, share: float = 1.0, warmer_k: float = 0.0) -> World:
    """With this share of the nodes switched on, this many degrees above 25 °C, and everything at rest."""
    world, state = _settled(preset, share, warmer_k)
    world.restore(state)
    return world


def fault(name: str, **parameters: float | str) -> Change:
    return lambda world: world.start_fault(name, parameters)


def work(utilisation: float) -> Change:
    """Every node at this share of its work."""

    def change(world: World) -> None:
        for node in world.container.nodes:
            node.utilisation = utilisation

    return change


def every_compressor_trips(world: World) -> None:
    for unit in world.container.cracs:
        unit.compressor_tripped = True


def every_unit_stops(world: World) -> None:
    for unit in world.container.cracs:
        unit.compressor_tripped = unit.fan_failed = True


def inlet(world: World) -> float:
    return world.container.air.cold_c


def hot(world: World) -> float:
    return world.container.air.hot_c


def die(world: World) -> float:
    """The hottest of those that work."""
    return max(node.die_c for node in world.container.nodes)


def clock(world: World) -> float:
    return min(node.clock for node in world.container.nodes)


def tripped(world: World) -> float:
    return sum(node.state == "tripped" for node in world.container.nodes)


def coolant(world: World) -> float:
    return truth(world, "cdu-1", "supply.temperature")


def genset_hz(world: World) -> float:
    """On the scale of a 50 Hz site, as the specification has it."""
    return world.container.genset.speed * 50.0


def genset_kw(world: World) -> float:
    return world.container.genset.load_pu * world.container.genset.rated_w / 1000


def it_kw(world: World) -> float:
    return world.container.it_w / 1000


def input_kw(world: World) -> float:
    return world.container.bus_w / 1000
