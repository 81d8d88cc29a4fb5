"""The air of the container: a cold aisle, a hot aisle and the structure around them.

Servers move air from cold to hot, cooling units back. What the units move too little recirculates over
the racks, what they move too much bypasses them. Euler in flux form: each heat flow leaves one node and
enters another, so the balance closes to rounding.

    air.step(0.2, flows, ambient_c=25.0, ...)
"""

from collections.abc import Sequence

from simulators.plant.crac import AIR_CP, Crac
from simulators.plant.humidity import LATENT
from simulators.plant.parameters import Parameters

AIR_DENSITY = 1.19  # kg/m3
PASSING = 0.5  # share of its part of the missing flow that a stopped unit lets through
STOPPED_PU = 0.3  # fan speed below which a unit counts as stopped


class Air:
    """Temperatures of cold aisle, hot aisle and structure (°C); humidity ratio of the cold aisle (kg/kg)."""

    __slots__ = (
        "_air_kg",
        "_cold_capacity",
        "_cold_ua",
        "_envelope_ua",
        "_hot_capacity",
        "_hot_ua",
        "_infiltration_per_s",
        "_structure_capacity",
        "ambient_w",
        "cold_c",
        "hot_c",
        "latent_w",
        "ratio",
        "recirculation",
        "structure_c",
    )

    def __init__(self, p: Parameters, initial: Parameters, ratio: float) -> None:
        self._cold_capacity = p.number("cold_aisle_kj_per_k") * 1000
        self._hot_capacity = p.number("hot_aisle_kj_per_k") * 1000
        self._structure_capacity = p.number("structure_kj_per_k") * 1000
        self._cold_ua, self._hot_ua = p.number("cold_aisle_w_per_k"), p.number("hot_aisle_w_per_k")
        self._envelope_ua = p.number("envelope_w_per_k")
        self._air_kg = p.number("air_m3") * AIR_DENSITY
        self._infiltration_per_s = p.number("infiltration_per_s")
        self.cold_c, self.hot_c = initial.number("cold_aisle_c"), initial.number("hot_aisle_c")
        self.structure_c, self.ratio = initial.number("structure_c"), ratio
        self.recirculation = self.ambient_w = self.latent_w = 0.0

    def share_flows(self, server_flow: float, units: Sequence[Crac]) -> None:
        """Let half of what each unit moves too little pass the coils of those that stand still; their exchange."""
        missing = max(0.0, server_flow - sum(unit.fan_flow for unit in units))
        passing = PASSING * missing / len(units)
        for unit in units:
            unit.exchange(self.hot_c, self.ratio, passing if unit.fan < STOPPED_PU else 0.0)

    def step(
        self,
        seconds: float,
        server_flow: float,
        server_heat_w: float,
        hot_losses_w: float,
        units: Sequence[Crac],
        ambient_c: float,
        sky_c: float,
        ambient_ratio: float,
        door_m3_per_s: float,
    ) -> None:
        """Advance. `sky_c` is the ambient temperature that the sunlit envelope feels."""
        cold, hot, structure = self.cold_c, self.hot_c, self.structure_c
        unit_flow = supplied = 0.0
        for unit in units:
            unit_flow += unit.air_flow
            supplied += unit.air_flow * unit.supply_c
        over, under = max(0.0, server_flow - unit_flow), max(0.0, unit_flow - server_flow)
        self.recirculation = over / server_flow if server_flow > 0.0 else 0.0
        leak = 0.03 * max(server_flow, 0.2) * AIR_CP * (hot - cold)
        to_cold_wall, to_hot_wall = self._cold_ua * (cold - structure), self._hot_ua * (hot - structure)
        envelope = self._envelope_ua * (sky_c - structure)
        door = AIR_DENSITY * door_m3_per_s * AIR_CP * (ambient_c - cold)
        into_cold = AIR_CP * (supplied + over * hot - (server_flow + under) * cold) + leak - to_cold_wall + door
        into_hot = AIR_CP * ((server_flow + under) * cold - (unit_flow + over) * hot)
        into_hot += server_heat_w + hot_losses_w - leak - to_hot_wall
        self.cold_c = cold + into_cold * seconds / self._cold_capacity
        self.hot_c = hot + into_hot * seconds / self._hot_capacity
        self.structure_c = structure + (to_cold_wall + to_hot_wall + envelope) * seconds / self._structure_capacity
        self.ambient_w = envelope + door
        self._moisten(seconds, units, ambient_ratio, door_m3_per_s)

    def _moisten(self, seconds: float, units: Sequence[Crac], ambient_ratio: float, door_m3_per_s: float) -> None:
        self.latent_w = sum(unit.latent_w for unit in units)
        exchanged = self._infiltration_per_s * self._air_kg + AIR_DENSITY * door_m3_per_s
        change = exchanged * (ambient_ratio - self.ratio) - self.latent_w / LATENT
        self.ratio = max(0.0, self.ratio + change * seconds / self._air_kg)

    def stored_j(self) -> float:
        """Heat stored above 0 °C (J)."""
        return (
            self._cold_capacity * self.cold_c
            + self._hot_capacity * self.hot_c
            + self._structure_capacity * self.structure_c
        )
