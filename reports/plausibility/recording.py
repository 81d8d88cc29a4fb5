"""What a channel said during an execution, with everything that each reading may stand for.

    said = Recording(evidence, execution).of(channel)
    said.around(t)        Interval(low=228.9, high=231.1), or None where nothing good was heard around t

A walk over devices is no snapshot: around an instant count all good samples within one refresh or one sampling
interval, whichever is longer, each with its accuracy and one digit.
"""

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from reports.evidence.evidence import GOOD, NS, Evidence, Execution
from reports.judging.channels import Channel
from reports.plausibility.interval import Interval, hull


@dataclass(frozen=True, slots=True)
class Said:
    """The good samples of one channel: `t` in ns UTC, `value` in its unit, `text` its states; `reach` is how
    far in ns a sample speaks for the time around it; `late` if others came before the first of them."""

    channel: Channel
    t: Sequence[int]
    value: Sequence[float]
    text: Sequence[str]
    reach: int
    late: bool = False

    def __len__(self) -> int:
        return len(self.t)

    def around(self, t: int) -> Interval | None:
        """All that the channel may have been around an instant."""
        near = self.value[self._near(t)]
        # What a reading may stand for reaches lowest and highest at the ends.
        return hull(self.span(min(near)), self.span(max(near))) if near else None

    def at(self, t: int) -> float | None:
        """The reading nearest to an instant, as it stands; None where nothing good was heard around it."""
        part = self._near(t)
        near = min(range(part.start, part.stop), key=lambda n: abs(self.t[n] - t), default=None)
        return None if near is None else self.value[near]

    def between(self, begin: int, end: int) -> "Said":
        """What was said from one instant to another."""
        cut = slice(bisect_left(self.t, begin), bisect_right(self.t, end))
        late = self.late and cut.start == 0
        return Said(self.channel, self.t[cut], self.value[cut], self.text[cut], self.reach, late)

    def states(self, t: int) -> frozenset[str]:
        """The states around an instant; none where nothing good was heard."""
        return frozenset(self.text[self._near(t)])

    def span(self, value: float) -> Interval:
        """What one reading may stand for."""
        relative, absolute = self.channel.limit
        half = relative * abs(value) + absolute + self.channel.resolution
        return Interval(value - half, value + half)

    def _near(self, t: int) -> slice:
        return slice(bisect_left(self.t, t - self.reach), bisect_right(self.t, t + self.reach))


@dataclass(frozen=True, slots=True)
class Calm:
    """A requirement that was judged on a piece of equipment as one of the steady state, from `begin` to `end`."""

    requirement: str
    equipment: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Recording:
    """The channels of an execution; each is read once. `used` are the signals that verdicts relied upon: what
    speaks of none of them need not be examined. `calm` are those verdicts that claim a steady state."""

    evidence: Evidence
    execution: Execution
    used: frozenset[str]
    calm: Sequence[Calm] = ()
    _said: dict[str, Said] = field(default_factory=dict)

    def of(self, channel: Channel) -> Said:
        """What the channel said; empty if nothing good was heard."""
        if channel.signal not in self._said:
            self._said[channel.signal] = self._read(channel)
        return self._said[channel.signal]

    def _read(self, channel: Channel) -> Said:
        series = self.evidence.series(channel.signal).window(self.execution.begin, self.execution.end)
        kept = [i for i, quality in enumerate(series.quality) if quality == GOOD]
        interval = statistics.median([b - a for a, b in pairwise(series.t)]) if len(series) > 1 else 0
        return Said(
            channel,
            [series.t[i] for i in kept],
            [series.value[i] for i in kept],
            [series.text[i] for i in kept],
            int(max(interval, channel.refresh * NS)),
            bool(kept) and kept[0] > 0,
        )
