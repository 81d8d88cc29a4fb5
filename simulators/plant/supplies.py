"""The power supplies of a node: four on two feeds, of which those that are left share the load.

>>> supplies = Supplies(20_000.0)
>>> round(supplies.loss(10_000.0)), supplies.share("A")
(420, 0.5)
>>> supplies.feed_a_dead = True
>>> round(supplies.loss(10_000.0)), supplies.share("A"), supplies.share("B")
(465, 0.0, 1.0)
"""

COUNT = 4
FEEDS = ("A", "B")
MOST = 1.15  # of what the supplies left are rated for
HOLD_UP_MS, LONGEST_HOLD_UP_MS = 12.0 * 0.7, 30.0  # at full load, and ever


class Supplies:
    """`rated_w` of all together; `plugged` says which of them their outlet feeds, `broken` which of the feeds
    their breakers have cut off, and `cut` how many that are together.

    Knobs for faults: `failed` (how many), `feed_a_dead`, `feed_b_dead`.
    """

    __slots__ = (
        "_energy_a_j",
        "_energy_b_j",
        "broken",
        "cut",
        "failed",
        "feed_a_dead",
        "feed_b_dead",
        "plugged",
        "rated_w",
    )

    def __init__(self, rated_w: float) -> None:
        self.rated_w, self.failed = rated_w, 0
        self.plugged, self.broken, self.cut = [True] * COUNT, [False] * len(FEEDS), 0
        self.feed_a_dead = self.feed_b_dead = False
        self._energy_a_j = self._energy_b_j = 0.0

    def dead(self, feed: str) -> bool:
        return (self.feed_a_dead if feed == "A" else self.feed_b_dead) or self.broken[FEEDS.index(feed)]

    def plug(self, number: int, fed: bool) -> None:
        """Switch the outlet of supply 0-3."""
        self.plugged[number] = fed
        self._count_cuts()

    def break_feed(self, feed: str, broken: bool) -> None:
        """The breaker of a feed has opened, or is closed again."""
        self.broken[FEEDS.index(feed)] = broken
        self._count_cuts()

    def _count_cuts(self) -> None:
        self.cut = self.plugged.count(False) + self.broken.count(True)

    def works(self, number: int) -> bool:
        """Whether supply 0-3 delivers; they hang on the feeds in turn."""
        return number >= self.failed and self.plugged[number] and not self.dead(FEEDS[number % 2])

    def working(self, feed: str) -> int:
        """How many deliver on this feed."""
        if self.intact:
            return COUNT // len(FEEDS)
        return sum(map(self.works, range(FEEDS.index(feed), COUNT, 2)))

    def share(self, feed: str) -> float:
        """What part of the node's power comes through this feed."""
        if self.intact:
            return 1.0 / len(FEEDS)
        all_of_them = self.working("A") + self.working("B")
        return self.working(feed) / all_of_them if all_of_them else 0.0

    @property
    def intact(self) -> bool:
        return not (self.failed or self.feed_a_dead or self.feed_b_dead or self.cut)

    @property
    def capacity_w(self) -> float:
        """What those that work are rated for."""
        return self.rated_w if self.intact else self.rated_w * (self.working("A") + self.working("B")) / COUNT

    def loss(self, delivered_w: float) -> float:
        """W lost on the way from AC to DC."""
        rated = self.capacity_w
        if rated <= 0.0:
            return 0.0
        x = delivered_w / rated
        return rated * (0.0085 + 0.012 * x + 0.026 * x * x)

    def carry(self, power_w: float, gap_ms: float) -> bool:
        """Whether they deliver this power through a gap in the supply."""
        rated = self.capacity_w
        if power_w > MOST * rated or rated <= 0.0:
            return False
        return gap_ms <= 0.0 or gap_ms <= self.hold_up_ms(power_w)

    def hold_up_ms(self, power_w: float) -> float:
        """How long they deliver this power from what they have stored."""
        return min(LONGEST_HOLD_UP_MS, HOLD_UP_MS * self.capacity_w / max(power_w, 1.0))

    def count(self, joules: float) -> None:
        """Add what the node took to the energy of the feeds it came through."""
        share = self.share("A")
        self._energy_a_j += share * joules
        self._energy_b_j += (1.0 - share) * joules

    def energy_j(self, feed: str) -> float:
        return self._energy_a_j if feed == "A" else self._energy_b_j
