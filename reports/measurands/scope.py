"""The scope of a measurand: one equipment, one window of time, and what may be used of it.

A measurand asks its scope and never the evidence itself. So that no statistic can forget to, the scope
leaves out samples that are not good, refuses where too many are missing, and remembers what was used.

    for track in scope.numbers("voltage.*"):
        track.channel.unit, track.t, track.value
"""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Protocol

from profiles.quality import Quality
from reports.evidence.evidence import ERROR, GOOD, NS, Evidence, Execution, Series
from reports.evidence.samples import QUALITIES
from reports.interop.imported import ImportedProfiles
from reports.judging.channels import Channel, channels, devices_of, provenance_of, related
from reports.judging.reasons import doubtful, nothing, unreached
from reports.judging.verdict import Verdict

Pattern = str | Sequence[str]
ALLOWED_GAP = 5.0


class Move(Protocol):
    """Moves an input quantity: the values of a channel as they would be, and what to add to its times (ns)."""

    def values(self, channel: Channel, values: Sequence[float]) -> Sequence[float]: ...

    def time(self, channel: Channel) -> int: ...


@dataclass(frozen=True, slots=True)
class Track:
    """The good samples of one channel in the window: `t` and `half` in ns UTC, `value` in the channel's
    unit, `text` the state or text."""

    channel: Channel
    t: Sequence[int]
    half: Sequence[int]
    value: Sequence[float]
    text: Sequence[str]


@dataclass(slots=True)
class Trace:
    """What a measurand used: channels read as numbers, other channels, devices asked, and the good samples by
    signal, window and shift, which every evaluation with another input moved looks at again."""

    numbers: dict[str, Channel] = field(default_factory=dict)
    others: dict[str, Channel] = field(default_factory=dict)
    answers: dict[tuple[str, str | None], str] = field(default_factory=dict)
    tracks: dict[tuple[str, int, int, int], Track] = field(default_factory=dict)

    def records(self) -> list[dict[str, Any]]:
        """As listed in a verdict, sorted."""
        used = {**self.others, **self.numbers}
        asked = [
            {"device": device, "point": None, "question": question, "provenance": provenance}
            for (device, question), provenance in sorted(self.answers.items(), key=str)
        ]
        return [used[signal].record() for signal in sorted(used)] + asked

    def readings(self, signal: str) -> Iterator[float]:
        """The values of a signal as they were read, in every window that was looked at."""
        for (name, _, _, shift), track in self.tracks.items():
            if name == signal and not shift:
                yield from track.value


@dataclass(frozen=True, slots=True)
class Scope:
    """One equipment in a window of `begin` to `end` (ns UTC) of an execution. `limit` is that of the
    requirement, for statistics that look for the worst; `allowed_gap` in percent of samples and of time;
    `verdicts` are those given so far, for the statistic that examines them; `imported` the interoperability profiles
    that the requirements come from."""

    evidence: Evidence
    equipment: str
    execution: Execution
    begin: int
    end: int
    limit: Mapping[str, Any]
    allowed_gap: float = ALLOWED_GAP
    verdicts: tuple[Verdict, ...] = ()
    imported: ImportedProfiles = field(default_factory=ImportedProfiles)
    move: Move | None = None
    trace: Trace = field(default_factory=Trace)

    @property
    def declared(self) -> Mapping[str, Any]:
        """What the equipment declares of itself."""
        return self.evidence.equipment[self.equipment]

    @property
    def seconds(self) -> float:
        """The length of the window."""
        return (self.end - self.begin) / NS

    def channels(self, of: Pattern) -> tuple[Channel, ...]:
        """The channels of the equipment's points; NoEvidence if a pattern selects none."""
        found: dict[str, Channel] = {}
        for pattern in patterns(of):
            selected = channels(self.evidence, self.equipment, pattern)
            if not selected:
                raise nothing("no-point", equipment=self.equipment, point=pattern)
            found.update({channel.signal: channel for channel in selected})
        return tuple(found.values())

    def related(self, point: str, subject: str, at: str, feature: str | None = None) -> tuple[Channel, ...]:
        """The channels of a point of other equipment: of a subject, on the same host or at the whole site.

        NoEvidence if there is no such equipment, or if it lacks the point.
        """
        units = related(self.evidence, self.equipment, subject, at, feature)
        found = [channel for unit in units for channel in channels(self.evidence, unit, point)]
        if not found:
            raise nothing("no-view", equipment=self.equipment, view=f"{subject} {point}")
        return tuple(found)

    def between(self, begin: int, end: int) -> "Scope":
        """The same scope in another window of the execution; what it uses is remembered here."""
        return replace(self, begin=begin, end=end)

    def numbers(self, of: Pattern) -> list[Track]:
        """The good samples of points as numbers; NoEvidence where they may not be relied upon."""
        return [self.number(channel) for channel in self.channels(of)]

    def number(self, channel: Channel) -> Track:
        """The same for one channel."""
        self.trace.numbers[channel.signal] = channel
        track = self._good(channel, self.move.time(channel) if self.move else 0)
        if channel.kind not in ("quantity", "time") or not all(map(math.isfinite, track.value)):
            raise doubtful("no-number", signal=channel.signal)
        if self.move is None:
            return track
        return replace(track, value=self.move.values(channel, track.value))

    def texts(self, of: Pattern) -> list[Track]:
        """The good samples of points as states or texts; NoEvidence where they may not be relied upon."""
        return [self.text(channel) for channel in self.channels(of)]

    def text(self, channel: Channel) -> Track:
        """The same for one channel."""
        return self._good(self._textual(channel), 0)

    def last_texts(self, of: Pattern) -> list[Track]:
        """The last sample of each point as a state or text; NoEvidence if one of them is not good."""
        tracks = []
        for channel in map(self._textual, self.channels(of)):
            series = self._series(channel)
            if not len(series):
                raise nothing("no-sample", signal=channel.signal)
            last = series.window(series.t[-1], series.t[-1])
            self._check_quality(channel, last)
            tracks.append(Track(channel, last.t[-1:], last.half[-1:], last.value[-1:], last.text[-1:]))
        return tracks

    def qualities(self, channel: Channel) -> Sequence[int]:
        """The quality of every sample of a channel in the window; for statistics about that."""
        self.trace.others[channel.signal] = channel
        return self._series(channel).quality

    def any_good(self, channel: Channel) -> bool:
        """Whether the channel has at least one good sample in the window; for statistics about that."""
        return GOOD in self.qualities(channel)

    def text_before(self, channel: Channel) -> str:
        """The last good text of a channel in the execution before the window, "" if there is none."""
        series = self.evidence.series(channel.signal).window(self.execution.begin, self.begin - 1)
        return next((t for t, q in zip(reversed(series.text), reversed(series.quality), strict=True) if q == GOOD), "")

    def last_text(self, channel: Channel) -> str:
        """The last good text of a channel in the window, "" if there is none; for statistics about that."""
        self.trace.others[channel.signal] = channel
        series = self._series(channel)
        return next((t for t, q in zip(reversed(series.text), reversed(series.quality), strict=True) if q == GOOD), "")

    def answers(self, question: str) -> list[Mapping[str, Any]]:
        """The answer events of the equipment's devices in the window that are answers at all.

        NoEvidence if nothing was asked, nobody was reached, or too many questions remained unanswered.
        """
        own = devices_of(self.evidence, self.equipment)
        asked = [
            a
            for a in self.execution.answers
            if a.get("question") == question and a.get("device") in own and self.begin <= int(a["t"]) <= self.end
        ]
        if not asked:
            raise nothing("no-answer", equipment=self.equipment, question=question)
        for answer in asked:
            self.use(str(answer["device"]), question)
        heard = [answer for answer in asked if _reached(answer["content"])]
        if not heard:
            raise unreached("unreachable", device=asked[0]["device"], question=question)
        share = 100 * (len(asked) - len(heard)) / len(asked)
        if share > self.allowed_gap:
            raise doubtful("patchy", question=question, share=f"{share:.3g}", allowed=f"{self.allowed_gap:g}")
        return heard

    def use(self, device: str, question: str | None = None) -> None:
        """Note that something else than samples of a device was used."""
        self.trace.answers[device, question] = provenance_of(self.evidence, device)

    def check_heard(self, selected: Sequence[Channel]) -> None:
        """NoEvidence if none of the channels was sampled, or no device ever answered."""
        qualities = [quality for channel in selected for quality in self._series(channel).quality]
        if not qualities:
            raise nothing("no-sample", signal=selected[0].signal)
        if all(quality == ERROR for quality in qualities):
            raise unreached("silent", device=selected[0].device)

    def _textual(self, channel: Channel) -> Channel:
        if channel.kind not in ("state", "text"):
            raise nothing("no-state", signal=channel.signal)
        self.trace.others[channel.signal] = channel
        return channel

    def _series(self, channel: Channel, shift: int = 0) -> Series:
        return self.evidence.series(channel.signal).window(self.begin - shift, self.end - shift)

    def _good(self, channel: Channel, shift: int) -> Track:
        key = channel.signal, self.begin, self.end, shift
        if key not in self.trace.tracks:
            self.trace.tracks[key] = self._sampled(channel, shift)
        return self.trace.tracks[key]

    def _sampled(self, channel: Channel, shift: int) -> Track:
        series = self._series(channel, shift)
        self._check(channel, series)
        kept = [i for i, quality in enumerate(series.quality) if quality == GOOD]
        return Track(
            channel,
            [series.t[i] + shift for i in kept],
            [series.half[i] for i in kept],
            [series.value[i] for i in kept],
            [series.text[i] for i in kept],
        )

    def _check(self, channel: Channel, series: Series) -> None:
        if not len(series):
            raise nothing("no-sample", signal=channel.signal)
        lost = max(self._check_quality(channel, series), 100 * self._unobserved(series, channel.refresh))
        if lost > self.allowed_gap:
            raise doubtful("gap", signal=channel.signal, share=f"{lost:.3g}", allowed=f"{self.allowed_gap:g}")

    def _check_quality(self, channel: Channel, series: Series) -> float:
        """The percentage of samples that are not good; NoEvidence if that is all of them."""
        bad = [quality for quality in series.quality if quality != GOOD]
        if len(bad) == len(series):
            if all(quality == ERROR for quality in bad):
                raise unreached("silent", device=channel.device)
            raise doubtful("never-good", signal=channel.signal, quality=_names(bad))
        return 100 * len(bad) / len(series)

    def _unobserved(self, series: Series, refresh: float) -> float:
        """The share of the window that lies further than two sampling intervals from the sample before."""
        times = [self.begin, *series.t, self.end]
        steps = [b - a for a, b in pairwise(series.t)]
        interval = max(statistics.median(steps) if steps else 0, refresh * NS)
        lost = sum(max(0.0, b - a - 2 * interval) for a, b in pairwise(times))
        # One sample of unknown refresh says nothing about the rest of the window.
        return lost / (self.end - self.begin) if self.end > self.begin else 0.0


def patterns(of: Pattern) -> tuple[str, ...]:
    """One or several patterns, as several."""
    return (of,) if isinstance(of, str) else tuple(of)


def one_unit(tracks: Sequence[Track]) -> str:
    """The unit that all tracks share; NoEvidence if they do not."""
    units = {track.channel.unit for track in tracks}
    unit = next(iter(units)) if len(units) == 1 else None
    if unit is None:
        raise doubtful("no-unit", points=", ".join(sorted({track.channel.role for track in tracks})))
    return unit


def _reached(content: Mapping[str, Any]) -> bool:
    """Answers of a device that could not be reached say nothing about it."""
    return content.get("outcome") != "unreachable" and ("status" not in content or content["status"] is not None)


def _names(qualities: Sequence[int]) -> str:
    found: set[Quality] = {QUALITIES[quality] for quality in qualities}
    return ", ".join(sorted(quality.value for quality in found))
