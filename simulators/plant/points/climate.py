"""True values of what the probes of an environment monitor see, by the number of the element each is wired to.

monitor(container, {"201001": "cold-aisle.temperature"})["temperature@201001"]()       # °C
"""

from collections.abc import Mapping

from profiles.refusal import Refusal
from profiles.suggest import suggest
from simulators.plant.container import Container
from simulators.plant.humidity import relative_humidity
from simulators.plant.points import site
from simulators.plant.points.table import Table


def monitor(c: Container, probes: Mapping[str, str]) -> Table:
    """Element -> what its probe looks at. Refusal for a place where no probe can be."""
    places, table = _places(c), Table()
    for element, place in probes.items():
        if place not in places:
            raise Refusal(f"probe {element}", f"there is no '{place}' to look at", suggest(place, places))
        table[f"{place.rpartition('.')[2]}@{element}"] = places[place]
    return table


def _places(c: Container) -> Table:
    """Everything that a probe can look at; the last word is the monitor's."""
    air, weather, security = c.air, c.environment, c.security
    found: Table = {
        "cold-aisle.temperature": lambda: air.cold_c,
        "cold-aisle.humidity": lambda: min(100.0, relative_humidity(air.ratio, air.cold_c)),
        "hot-aisle.temperature": lambda: air.hot_c,
        "ambient.temperature": lambda: weather.temperature_c,
        "ambient.humidity": lambda: weather.humidity,
        "smoke": lambda: "alarm" if security.smoke == "alarm" else "clear",
    }
    found |= {f"{door}.contact": site.door(c, door)["contact"] for door in security.doors}
    rope = site.leak(c, 0)
    return found | {f"{zone}.leak": rope[f"state@{zone}"] for zone in security.zones}
