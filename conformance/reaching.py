"""Reaching everything on a bench: its clock, its devices (each connected once), its simulator, a person.

The same reach serves a campaign and `conformance restore`.
"""

import asyncio
import sys
from collections.abc import Iterable, Mapping, Sequence

from fixtures.bench import Bench
from fixtures.clock import Clock, open_clock
from fixtures.connect import connect, reach
from fixtures.drivers.driver import Driver
from fixtures.equipment import Device
from fixtures.parties import parties, united
from fixtures.safety.actuation import Means
from fixtures.sampling import Channel, channel
from fixtures.simulation import Simulation
from profiles.refusal import Refusal


class Reach:
    """Opened once, closed once; drivers are made when first asked for."""

    def __init__(self, bench: Bench, clock: Clock, armed: bool) -> None:
        self._bench, self.clock = bench, clock
        self._drivers: dict[str, Driver] = {}
        self._united: list[Driver] = []
        self._simulation: Simulation | None = None
        self.means = Means(self.driver, self.simulation, confirm, armed)

    @classmethod
    async def open(cls, bench: Bench, armed: bool = False) -> "Reach":
        clock = await open_clock(bench.clock)
        return cls(bench, clock, armed)

    async def driver(self, device: str) -> Driver:
        if device not in self._drivers:
            self._drivers[device] = await connect(self._bench, device, self.clock)
        return self._drivers[device]

    async def channels(self, devices: Iterable[Device]) -> list[Channel]:
        """What is to be sampled of these devices: each by itself, or all behind one address together."""
        return [await self._channel(party) for party in parties(devices)]

    async def _channel(self, party: Sequence[Device]) -> Channel:
        if len(party) == 1:
            return channel(party[0], await self.driver(party[0].name))
        device = united(party)
        driver = await reach(device, f"{self._bench.path}, device {device.name}", self.clock)
        self._united.append(driver)
        return channel(device, driver, united=True)

    async def simulation(self) -> Simulation:
        """The control channel of a simulated bench; Refusal on a real one."""
        if self._simulation is None:
            address = self._bench.clock.address
            if address is None:
                raise Refusal(
                    str(self._bench.path),
                    "a fault can only be brought about in a simulated container",
                    "bind the stimulus to a write or to an operator",
                )
            self._simulation = await Simulation.open(address)
        return self._simulation

    async def close(self) -> None:
        for driver in (*self._drivers.values(), *self._united):
            await driver.close()
        if self._simulation is not None:
            await self._simulation.close()
        await self.clock.close()


async def confirm(text: Mapping[str, str]) -> bool:
    """Ask the person at the terminal; without one, nobody has confirmed anything."""
    if not sys.stdin.isatty():
        return False
    print(f"\n  {text.get('ko', '')}\n  {text.get('en', '')}", file=sys.stderr)
    answer = await asyncio.to_thread(input, "  done? [y/N] ")
    return answer.strip().lower() in ("y", "yes", "예", "네")
