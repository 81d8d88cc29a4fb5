"""Runs: how long something held, seen through samples.

A change lies somewhere between the last sample before and the first sample after it. Its best estimate is
the middle of the two, and their distance is the width of a rectangular distribution: one `Edge`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.evidence.evidence import NS
from reports.measurands.registry import Edge
from reports.measurands.scope import Scope, Track


@dataclass(frozen=True, slots=True)
class Run:
    """Samples `first` to `last` (indices) that belong together; `begin` and `end` in ns UTC.

    `left` and `right` are the edges, None where the run touches the end of the scope: nobody saw how it
    began or ended.
    """

    first: int
    last: int
    begin: float
    end: float
    left: Edge | None
    right: Edge | None

    @property
    def seconds(self) -> float:
        return (self.end - self.begin) / NS

    @property
    def edges(self) -> tuple[Edge, ...]:
        return tuple(edge for edge in (self.left, self.right) if edge)

    @property
    def whole(self) -> bool:
        """Whether both its begin and its end were seen."""
        return self.left is not None and self.right is not None


def runs(scope: Scope, track: Track, labels: Sequence[object]) -> Iterator[Run]:
    """The runs of equal labels (one label per sample), in the order of time."""
    first = 0
    for i in range(1, len(labels) + 1):
        if i == len(labels) or labels[i] != labels[first]:
            begin, left = _border(track, first) if first else (float(scope.begin), None)
            end, right = _border(track, i) if i < len(labels) else (float(scope.end), None)
            yield Run(first, i - 1, begin, end, left, right)
            first = i


def interval(scope: Scope, track: Track) -> float:
    """The longest time in seconds during which nothing was seen of a track."""
    times = [scope.begin, *track.t, scope.end]
    return max(b - a for a, b in pairwise(times)) / NS


def _border(track: Track, after: int) -> tuple[float, Edge]:
    before = after - 1
    a, b = track.t[before], track.t[after]
    return (a + b) / 2, Edge((b - a) / NS, max(track.half[before], track.half[after]) / NS)
