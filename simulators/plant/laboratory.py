"""A laboratory: one accelerator card and one power supply on the test bench, and what feeds, loads and cools them.

    AC source -- power analyser -- power supply under test -- electronic load
    DC source -- leads ----------- accelerator card, under the head of the thermal chamber

The card is a node of one chip whose power supply is its voltage regulator. Its fan blows what the head gives.

    laboratory = Laboratory(load_preset("laboratory"))
    laboratory.step(200); laboratory.card.die_c              # -> 69.1 °C
"""

from collections.abc import Iterator

from simulators.plant.bench.chamber import ThermalChamber
from simulators.plant.bench.leads import Leads
from simulators.plant.bench.load import ElectronicLoad
from simulators.plant.bench.source import AcSource, DcSource
from simulators.plant.bench.supply import PowerSupply
from simulators.plant.environment import Environment
from simulators.plant.meter import Phase
from simulators.plant.node import Node
from simulators.plant.parameters import Parameters

REACTIONS = 4  # passes in which one machine's transition may cause the other's


class Laboratory:
    """All components; `card_v` stands at the card's connector."""

    __slots__ = (
        *("_card_window_v", "ac_source", "card", "card_v", "chamber", "dc_source", "environment", "leads"),
        *("load", "moment", "supply", "time_ms"),
    )

    def __init__(self, p: Parameters, time_ms: int = 0) -> None:
        self.time_ms, self.moment = time_ms, object()
        self.environment = Environment(p.section("environment"))
        self.ac_source, self.dc_source = AcSource(p.section("ac_source")), DcSource(p.section("dc_source"))
        self.supply, self.load = PowerSupply(p.section("supply")), ElectronicLoad(p.section("load"))
        self.leads = Leads(p.section("leads").number("ohms"))
        self.card = Node(p.section("node"), p.section("initial"), 0)
        self.chamber = ThermalChamber(p.section("chamber"), self.environment.temperature_c)
        self._card_window_v = p.section("node").number("least_v"), p.section("node").number("most_v")
        self.evaluate()

    card_v: float

    @property
    def nodes(self) -> tuple[Node]:
        return (self.card,)

    @property
    def line(self) -> Phase:
        """What the analyser sees between AC source and power supply."""
        return Phase.of(self.supply.input_w, self.ac_source.voltage_v, self.supply.load_share)

    @property
    def card_air_c(self) -> float:
        """Of the air that the card's fan blows."""
        return self.chamber.over_device_c(self.environment.temperature_c)

    def parts(self) -> Iterator[object]:
        """Every object that holds state, in a fixed order."""
        yield from (self, self.environment, self.ac_source, self.dc_source, self.supply, self.supply.supplies)
        yield from (self.load, self.card, self.card.supplies, self.chamber)

    def next_deadline_ms(self) -> int | None:
        """The earliest moment at which a state machine wants to be asked again."""
        deadlines = (self.supply.deadline, self.card.deadline)
        return min((time for time in deadlines if time is not None and time > self.time_ms), default=None)

    def evaluate(self) -> None:
        """The power flow from the present states; nothing is integrated."""
        self._evaluate_card()
        self._evaluate_supply()

    def _evaluate_card(self) -> None:
        source, card = self.dc_source, self.card
        card.evaluate()
        source.feed(self.leads.current_a(source.open_v, card.power_w))
        self.card_v = max(0.0, source.voltage_v - self.leads.ohms * source.current_a)

    def _evaluate_supply(self) -> None:
        source, supply, load = self.ac_source, self.supply, self.load
        load.sink(supply.open_v, supply.droop_ohm)
        supply.evaluate(load.power_w)
        source.feed(Phase.of(supply.input_w, source.open_v, supply.load_share).current)
        supply.input_v = source.voltage_v

    def step(self, duration_ms: int) -> None:
        """Advance everything by some milliseconds, at most up to the next deadline."""
        seconds = duration_ms / 1000.0
        self.card.swing(self.time_ms / 1000.0, self.time_ms / 1000.0 + seconds)
        self.evaluate()
        self.card.step(seconds, self.card_air_c)
        self.chamber.step(seconds, self.card.sink_c)
        self.supply.step(seconds, self.environment.temperature_c)
        self.environment.step(seconds)
        self.time_ms, self.moment = self.time_ms + duration_ms, object()
        self.react()
        self.evaluate()

    def react(self) -> None:
        """Let the state machines act until nothing changes."""
        low, high = self._card_window_v
        for _ in range(REACTIONS):
            changed = self.card.react(self.time_ms, low <= self.card_v <= high, self.card_air_c)
            if not (self.supply.react(self.time_ms) or changed):
                break
