"""What devices live on: the supplies of a container, and who is told when one goes or comes back.

    feeds = Feeds(container)
    feeds.watch("ups", lambda alive, now: print(alive, now))
    feeds.look(12_400)      # after every step: whoever lives on a supply that has changed is called

A battery of their own never fails them, and a laboratory's wall sockets are no part of its plant.
"""

from collections.abc import Callable, Mapping

from simulators.plant.container import Container
from simulators.plant.installation import Installation

# Below half of its voltage a power supply stops: the essential bus where its contactors hang, the mains before the ATS.
ALIVE: Mapping[str, Callable[[Container], bool]] = {
    "ups": lambda c: c.ups.alive,
    "essential": lambda c: c.bus.voltage_pu >= 0.5,
    "mains": lambda c: c.mains.lowest_pu >= 0.5,
}
BATTERY = "battery"
FEEDS = (*ALIVE, BATTERY)

# Told whether the supply is alive, and when that changed (ms).
Told = Callable[[bool, int], None]


class _Feed:
    __slots__ = ("alive", "test", "told")

    def __init__(self, test: Callable[[], bool]) -> None:
        self.test, self.told = test, list[Told]()
        self.alive = test()


class Feeds:
    """Looks only at supplies on which somebody lives."""

    __slots__ = ("_feeds", "_plant")

    def __init__(self, plant: Installation) -> None:
        self._plant = plant
        self._feeds: dict[str, _Feed] = {}

    def watch(self, feed: str, told: Told) -> bool:
        """Call at every change from now on; whether the supply is alive now."""
        plant = self._plant
        if feed == BATTERY or not isinstance(plant, Container):
            return True
        if feed not in self._feeds:
            test = ALIVE[feed]
            self._feeds[feed] = _Feed(lambda: test(plant))
        self._feeds[feed].told.append(told)
        return self._feeds[feed].alive

    def look(self, now: int) -> None:
        """Tell of what has changed with the step that ended now."""
        for feed in self._feeds.values():
            alive = feed.test()
            if alive != feed.alive:
                feed.alive = alive
                for told in feed.told:
                    told(alive, now)

    def save(self) -> dict[str, bool]:
        return {name: feed.alive for name, feed in self._feeds.items()}

    def restore(self, saved: Mapping[str, bool]) -> None:
        for name, feed in self._feeds.items():
            feed.alive = saved.get(name, feed.alive)
