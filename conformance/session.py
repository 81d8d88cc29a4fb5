"""A session: the bench connected, the recorder open. Procedures are performed in it, one after another."""

import asyncio
import gc

from conformance.hearing import Hearing
from conformance.live import LiveRig, Station
from conformance.plan import Plan, PlannedProcedure
from conformance.procedure import find_procedure
from conformance.progress import Progress
from conformance.reaching import Reach
from conformance.recorder import Recorder
from conformance.rig import Aborted
from conformance.run_folder import RunFolder
from fixtures.bench import Bench
from fixtures.safety.actuation import Declined
from fixtures.safety.reversals import Reversals
from profiles.refusal import Refusal
from profiles.resolve import Resolved


class Session:
    """One attempt: a resumed run opens another session on the same journal."""

    def __init__(self, station: Station, reach: Reach, hearing: Hearing, watcher: Progress) -> None:
        self._station, self._reach, self._hearing, self._watcher = station, reach, hearing, watcher

    @classmethod
    async def open(
        cls, folder: RunFolder, resolved: Resolved, bench: Bench, plan: Plan, watcher: Progress
    ) -> "Session":
        """Connect everything. A device that does not answer shows in its samples, not here."""
        armed = folder.request.arm is not None
        reach = await Reach.open(bench, armed)
        channels = await reach.channels(bench.devices.values())
        recorder = Recorder(folder.journal, reach.clock.now_ns)
        hearing = await Hearing.open(bench, reach.clock, recorder)
        recorder.begin(profile_digest=resolved.digest, plan=plan.record(), seed=folder.request.seed)
        reversals = Reversals(folder.reversals)
        await hearing.begin(reversals, reach.means)
        # What stands now stands to the end: it need not be looked through for garbage again and again.
        gc.collect()
        gc.freeze()

        def tick(now_ns: int) -> None:
            hearing.note()
            watcher.tick(now_ns)

        station = Station(bench, reach.clock, channels, recorder, reversals, reach.means, tick)
        return cls(station, reach, hearing, watcher)

    def completed(self, procedure: str) -> bool:
        return self._station.recorder.completed(procedure)

    async def perform(self, planned: PlannedProcedure) -> None:
        """Run one procedure; how it ended is recorded, whatever the reason. Interruption is passed on."""
        recorder, name = self._station.recorder, planned.name
        self._watcher.started(name, self._station.clock.now_ns(), planned.seconds)
        recorder.procedure(name, "started")
        status, reason = "completed", None
        try:
            await find_procedure(name)(LiveRig(self._station, name), dict(planned.arguments))
        except (Aborted, Declined) as aborted:
            status, reason = "aborted", str(aborted)
        except asyncio.CancelledError:
            status, reason = "aborted", "interrupted"
            raise
        except Refusal as refusal:
            status, reason = "error", str(refusal)
        except Exception as error:  # a fault of the bench or of this suite, never the equipment's
            status, reason = "error", f"{type(error).__name__}: {error}"
        finally:
            recorder.procedure(name, status, reason)
            self._watcher.finished(name, f"{status} ({reason})" if reason else status)

    def flush(self) -> None:
        self._station.recorder.sync()

    async def close(self) -> None:
        """Say that the recording ended, and let go of everything."""
        await self._hearing.close()
        self._station.recorder.end()
        await self._reach.close()
