"""The components of a container by the names that faults use, and the form of an effect.

plant.node(fault)        # the node that the fault's `equipment` names
"""

from collections.abc import Callable

from profiles.refusal import Refusal
from profiles.suggest import suggest
from simulators.faults.registry import ActiveFault
from simulators.plant.crac import Crac
from simulators.plant.liquid.cooling import LiquidCooling
from simulators.plant.node import Node
from simulators.plant.parameters import Parameters
from simulators.plant.points.directory import Site

Setting = tuple[object, str, object]
Effect = Callable[["Plant", ActiveFault], list[Setting]]


class Plant:
    """Finds what a fault aims at. Refusal if this container has no such thing."""

    __slots__ = ("equipment", "site")

    def __init__(self, site: Site, equipment: Parameters) -> None:
        self.site, self.equipment = site, equipment

    def node(self, fault: ActiveFault) -> Node:
        return self.site.node(self.entry(fault, "node"))

    def crac(self, fault: ActiveFault) -> Crac:
        return self.site.container.cracs[round(self.entry(fault, "unit").number("unit")) - 1]

    def entry(self, fault: ActiveFault, part: str = "") -> Parameters:
        """The preset's entry of the fault's `equipment`, which must have or be such a part."""
        name = fault.text("equipment")
        able = [key for key, entry in self.equipment.raw().items() if not part or part in entry]
        if name not in able:
            raise Refusal(f"fault {fault.name}", f"it cannot happen to equipment '{name}'", suggest(name, able))
        return self.equipment.section(name)

    def zone(self, fault: ActiveFault) -> str:
        """The zone of the leak rope that a fault names."""
        zones, zone = self.site.container.security.zones, fault.text("zone")
        if zone not in zones:
            raise Refusal(f"fault {fault.name}", f"there is no zone '{zone}'", f"write one of {', '.join(zones)}")
        return zone

    def liquid(self, fault: ActiveFault) -> LiquidCooling:
        """The direct liquid cooling; Refusal if the container has none."""
        cooling = self.site.container.cdu
        if not isinstance(cooling, LiquidCooling):
            raise Refusal(f"fault {fault.name}", "this container has no direct liquid cooling", "use the preset lc-120")
        return cooling
