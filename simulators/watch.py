"""The container as a picture in the terminal: its single-line diagram, temperatures, and what is wrong.

A laboratory is drawn as its two lines: AC source, power supply and load; DC source and card.

    picture = Picture(world)
    print(picture.draw())          # lines of text, for a terminal of 100 columns

The picture shows the plant itself, not what any device reports about it.
"""

import asyncio
import os
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from typing import TextIO

from simulators.plant.container import Container
from simulators.world import World

REFRESH_S = 0.5
CLEAR = "\x1b[H\x1b[J"

TREND = 40
BARS = "▁▂▃▄▅▆▇█"
STATES = {"state", "smoke", "epo", "lock", "status", "health", "alarm"}
# States in which there is nothing to say; every other one is shown as something that is wrong.
QUIET = {"normal", "closed", "locked", "dry", "clear", "released", "inactive", "healthy", "ready", "good", "ok", "on"}
QUIET |= {"running", "standby", "stopped", "recording", "up"}
HOT_C = 27.0


async def watch(world: World, stream: TextIO, footer: str, stopped: asyncio.Event) -> None:
    """Draw until stopped: in place on a terminal, one picture after another into a pipe, until nobody reads it."""
    live = stream.isatty()
    picture = Picture(world, colour=live)
    while not stopped.is_set():
        try:
            print(f"{CLEAR if live else ''}{picture.draw()}\n  {footer}\n", file=stream, flush=True)
        except BrokenPipeError:
            # What is left in the stream is for nobody, and must not be complained about in the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            stopped.set()
        await asyncio.sleep(REFRESH_S)


class Picture:
    """Draws one world; remembers the hottest rack inlet for the trend. `colour` marks what is wrong in red."""

    def __init__(self, world: World, colour: bool = False) -> None:
        self._world, self._colour = world, colour
        self._subjects: dict[str, list[str]] = {}
        for name in world.equipment():
            self._subjects.setdefault(str(world.description(name)["subject"]), []).append(name)
        self._trend: deque[float] = deque(maxlen=TREND)

    def draw(self) -> str:
        """The picture as it is now."""
        drawn: tuple[Iterator[str], ...] = (self._power(), self._air(), self._compute(), self._liquid())
        if not isinstance(self._world.plant, Container):
            drawn = (self._bench(), self._compute())
        parts = (self._head(), *drawn, self._wrong())
        return "\n".join(line.rstrip() for part in parts for line in [*part, ""])

    def _head(self) -> Iterator[str]:
        now = datetime.fromtimestamp(self._world.utc(), UTC)
        yield f"{self._world.preset:<60}{now:%Y-%m-%d %H:%M:%S} UTC"

    def _power(self) -> Iterator[str]:
        """Mains and genset, transfer switch, and what hangs on the two buses."""
        ats, genset, ups = (self._first(subject) for subject in ("ats", "genset", "ups"))
        position = self._state(ats, "position")
        on_mains, on_genset = ("●" if position == one else "○" for one in ("normal", "emergency"))
        volts, hertz = (
            self._number(ats, "source.normal.voltage.l1", "V"),
            self._number(ats, "source.normal.frequency", "Hz", 1),
        )
        engine = f"{self._state(genset, 'state')}  {self._number(genset, 'power', 'kW', 1, 1e-3)}"
        units = [self._world.truth(name, "power") for name in self._subjects.get("crac", ())]
        cooling = sum(value for value in units if isinstance(value, float)) / 1000
        source = self._state(ups, "output.source")
        load = sum(self._all(ups, "output.power.l")) / 1000
        switch = self._mark(f"{position:<9}", position in ("normal", "emergency"))
        yield f"  mains   {on_mains} {volts + '  ' + hertz:<21}─┐                   ┌── cooling units {cooling:.1f} kW"
        yield f"  {'':31} ├── ATS {switch} ──┤"
        yield (
            f"  genset  {on_genset} {engine:<21}─┘                   └── UPS {self._mark(source, source == 'normal')}, "
            f"battery {self._number(ups, 'battery.charge', '%')} ── load {load:.1f} kW"
        )

    def _bench(self) -> Iterator[str]:
        """The two lines of a laboratory's bench, and the head over the card."""
        ac, dc, load, chamber = (
            self._first(subject) for subject in ("ac-source", "dc-source", "electronic-load", "thermal-chamber")
        )
        line = f"{self._number(ac, 'voltage', 'V')}  {self._number(ac, 'frequency', 'Hz', 1)}"
        yield (
            f"  AC source {self._lamp(ac)} {line:<18}── power supply {self._number(ac, 'power', 'W', 1)} "
            f"── load {self._lamp(load)} {self._electric(load)}"
        )
        yield f"  DC source {self._lamp(dc)} {self._electric(dc):<18}── card"
        air, device, wanted = (
            self._number(chamber, f"{point}.temperature", "°C", 1) for point in ("air", "device", "setpoint")
        )
        yield f"  chamber   {self._state(chamber, 'head'):<5} air {air}   card {device}   set-point {wanted}"

    def _electric(self, name: str) -> str:
        volts, amperes, watts = (
            self._number(name, *shown) for shown in (("voltage", "V", 2), ("current", "A", 2), ("power", "W", 1))
        )
        return f"{volts}  {amperes}  {watts}"

    def _lamp(self, name: str) -> str:
        return "●" if self._state(name, "state") == "on" else "○"

    def _air(self) -> Iterator[str]:
        """Racks beside cooling units, then the trend of the hottest inlet."""
        racks = [self._rack(name) for name in self._subjects.get("rack", ())]
        units = [self._unit(name) for name in self._subjects.get("crac", ())]
        for left, right in zip_longest(racks, units, fillvalue=""):
            yield f"  {left:<44}{right}"
        inlets = [self._hottest_inlet(name) for name in self._subjects.get("rack", ())]
        if inlets:
            self._trend.append(max(inlets))
            yield f"  hottest inlet {self._temperature(max(inlets))}  {spark(self._trend)}"

    def _compute(self) -> Iterator[str]:
        for name in self._subjects.get("accelerator", ()):
            chips = self._all(name, "temperature@")
            power = sum(self._all(name, "power@"))
            if chips:
                yield f"  {name:<9}{len(chips)} chips   hottest {max(chips):.0f} °C   {power / 1000:.2f} kW"

    def _liquid(self) -> Iterator[str]:
        for name in self._subjects.get("cdu", ()):
            supply, back = (self._number(name, f"{side}.temperature", "°C", 1) for side in ("supply", "return"))
            yield f"  {name:<9}supply {supply}   return {back}   flow {self._number(name, 'loop.flow', 'L/min', 1)}"

    def _wrong(self) -> Iterator[str]:
        """Every state that is not a quiet one, and the faults that are active."""
        found = []
        for name in self._world.equipment():
            for point in self._world.points(name):
                value = self._world.truth(name, point)
                about = point.partition("@")[0].rpartition(".")[2] or point
                if isinstance(value, str) and about in STATES and value not in QUIET:
                    found.append(f"{name} {point} {value}")
        faults = [fault.name for fault in self._world.active_faults()]
        yield "  " + (self._red("alarms  " + ", ".join(found)) if found else "alarms  none")
        yield "  faults  " + (", ".join(faults) or "none")

    def _rack(self, name: str) -> str:
        outlet = self._number(name, "outlet.temperature", "°C", 1)
        return f"{name:<9}in {self._temperature(self._hottest_inlet(name))}   out {outlet}"

    def _unit(self, name: str) -> str:
        fan, supply = self._number(name, "fan.speed", "%"), self._number(name, "supply.temperature", "°C", 1)
        return f"{name:<9}{self._state(name, 'state'):<9} fan {fan}   supply {supply}"

    def _hottest_inlet(self, name: str) -> float:
        return max(self._all(name, "inlet.temperature."), default=float("nan"))

    def _temperature(self, value: float) -> str:
        return self._mark(f"{value:.1f} °C", value <= HOT_C)

    def _first(self, subject: str) -> str:
        return next(iter(self._subjects.get(subject, ())), "")

    def _all(self, name: str, prefix: str) -> list[float]:
        """The numbers of all points that begin so."""
        values = (self._world.truth(name, point) for point in self._world.points(name) if point.startswith(prefix))
        return [value for value in values if isinstance(value, float)]

    def _number(self, name: str, point: str, unit: str, digits: int = 0, scale: float = 1.0) -> str:
        value = self._world.truth(name, point) if name and point in self._world.points(name) else None
        return f"{value * scale:.{digits}f} {unit}" if isinstance(value, (int, float)) else "–"

    def _state(self, name: str, point: str) -> str:
        value = self._world.truth(name, point) if name and point in self._world.points(name) else None
        return str(value) if value is not None else "–"

    def _mark(self, text: str, good: bool) -> str:
        return text if good else self._red(text)

    def _red(self, text: str) -> str:
        return f"\x1b[31m{text}\x1b[0m" if self._colour else text


def spark(values: deque[float]) -> str:
    """A line of bars over the range of the values, at least 2 K high so that noise looks flat."""
    low = min(values)
    span = max(2.0, max(values) - low)
    return "".join(BARS[min(len(BARS) - 1, int((value - low) / span * len(BARS)))] for value in values)
