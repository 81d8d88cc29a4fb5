"""A campaign: one profile on one bench, from the plan to the sealed bundle.

campaign = open_campaign("smoke", output="out")
campaign.ensure("smoke")                 # runs the procedure once
campaign.verdict(campaign.plan.items[0]) # judged from what was recorded
campaign.close()                         # seals the bundle
"""

import asyncio
import json
import signal
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.bundled import DEFAULT_PRESET, container
from conformance.plan import Item, Plan, make_plan
from conformance.progress import Progress
from conformance.run_folder import Request, RunFolder
from conformance.session import Session
from fixtures.bench import Bench, load_bench
from fixtures.equipment import STREAM
from profiles.refusal import Refusal
from profiles.resolve import Resolved, resolve
from reports.bundles.bundle import SealedBundle, close_run, seal
from reports.bundles.whole_file import write_whole
from reports.judging.judge import Judgement
from reports.judging.verdict import Verdict
from reports.judging.waivers import check_waiver, load_signed
from reports.sealing.certificates import Signer, chain_pem, throwaway


def unknown_signer() -> Signer:
    """A key made for one bundle: it seals, and nobody vouches for it."""
    return throwaway("conformance run", datetime.now(UTC))


class Campaign:
    """Holds the pieces of one run together; procedures run in its own event loop."""

    def __init__(
        self, folder: RunFolder, resolved: Resolved, bench: Bench, plan: Plan, stack: ExitStack, watcher: Progress
    ) -> None:
        self.folder, self.resolved, self.bench, self.plan, self.watcher = folder, resolved, bench, plan, watcher
        self._stack = stack
        self._loop = stack.enter_context(asyncio.Runner())
        self._session: Session | None = None
        self._settled: set[str] = set()
        self._judgement: Judgement | None = None
        self._refused: Refusal | None = None
        self.signer: Callable[[], Signer] = unknown_signer
        self.sealed: SealedBundle | None = None
        self._domains = {r["id"]: r["domain"] for r in resolved.document["requirements"]}

    @property
    def domains(self) -> set[str]:
        return set(self._domains.values())

    def domain_of(self, requirement: str) -> str:
        return str(self._domains[requirement])

    def ensure(self, procedure: str) -> None:
        """Run the procedure unless it was run in this campaign; what happens is in the evidence."""
        if procedure in self._settled:
            return
        self._settled.add(procedure)
        if self._session is None:
            self._session = self._open()
        session = self._session
        if not session.completed(procedure):
            self._interruptible(session.perform(self._planned(procedure)))
        self._judgement = None
        if self._settled >= {planned.name for planned in self.plan.procedures}:
            self._end()

    def _open(self) -> Session:
        """A session; what refuses it is said at the end, for then nothing was begun that could be judged."""
        try:
            return self._loop.run(Session.open(self.folder, self.resolved, self.bench, self.plan, self.watcher))
        except Refusal as refusal:
            self._refused = refusal
            raise

    def verdict(self, item: Item) -> Verdict:
        """The verdict of one item, from all evidence so far."""
        for verdict in self.judgement().verdicts:
            if (verdict.requirement, verdict.equipment) == (item.requirement, item.equipment):
                return verdict
        raise Refusal(item.name, "the judge knows no such item", "report this as a defect of the suite")

    def judgement(self) -> Judgement:
        if self._judgement is None:
            if self._session is not None:
                self._session.flush()
            self._judgement = close_run(self.folder.root)
        return self._judgement

    def close(self) -> None:
        """End the recording, judge, seal; safe to call after any failure."""
        try:
            self._end()
            if self._refused is not None:
                raise self._refused
            self.judgement()
            signer = self.signer()
            self.sealed = seal(self.folder.root, self.folder.bundle, signer)
            self.folder.certificate.write_bytes(chain_pem(signer.chain[-1:]))
            self.folder.report.write_bytes(self.sealed.html)
        finally:
            self._stack.close()

    def _end(self) -> None:
        """End the recording: what is judged from now on is final."""
        if self._session is not None:
            self._loop.run(self._session.close())
            self._session, self._judgement = None, None

    def _planned(self, name: str) -> Any:
        return next(p for p in self.plan.procedures if p.name == name)

    def _interruptible(self, work: Coroutine[Any, Any, None]) -> None:
        """Run until done; Ctrl-C and SIGTERM end it in good order, so that what was actuated is undone.

        Raises KeyboardInterrupt after that. Both are heard even where a shell started us with SIGINT ignored.
        """
        try:
            self._loop.run(_stoppable(work))
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None


async def _stoppable(work: Coroutine[Any, Any, None]) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop() -> None:
        # Once is enough: a second cancellation would cut short the undoing that the first one began.
        if not task.cancelling():
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await work
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def open_campaign(
    profile: str,
    *,
    bench: str | None = None,
    output: str | Path = "out",
    arm: str | None = None,
    seed: int = 0,
    preset: str | None = None,
    faults: tuple[str, ...] = (),
    waivers: tuple[Path, ...] = (),
    watcher: Progress | None = None,
) -> Campaign:
    """Resolve, load, plan and write down what is about to be done; nothing is touched yet."""
    resolved = resolve(profile)
    name = f"{resolved.document['profile']['id']}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    if preset is not None and preset.endswith((".yaml", ".yml")):  # a file, to be found again when the run is resumed
        preset = str(Path(preset).resolve())
    request = Request(profile, str(Path(bench).resolve()) if bench else None, seed, arm, faults, preset)
    return _open(resolved, request, lambda: RunFolder.create(Path(output), name, request), watcher, waivers)


def resume_campaign(run: Path, watcher: Progress | None = None) -> Campaign:
    """Go on with a run that was interrupted; completed procedures are not repeated."""
    folder = RunFolder.open(run)
    request = folder.request
    return _open(resolve(request.profile), request, lambda: folder, watcher)


def _open(
    resolved: Resolved,
    request: Request,
    make: Callable[[], RunFolder],
    watcher: Progress | None,
    waivers: tuple[Path, ...] = (),
) -> Campaign:
    signed = [load_signed(path) for path in waivers]
    with ExitStack() as stack:
        folder: RunFolder | None = None
        path = Path(request.bench) if request.bench else None
        if path is None:
            folder = make()
            preset = request.preset or DEFAULT_PRESET
            path = stack.enter_context(container(folder.root / "bench", preset, request.seed, request.faults))
        bench = load_bench(path)
        plan = asyncio.run(make_plan(resolved.document, bench))
        _check_armed(plan, bench, request.arm)
        for path, (found, _) in zip(waivers, signed, strict=True):
            check_waiver(found.waiver, [(i.requirement, i.equipment) for i in plan.items], datetime.now(UTC), str(path))
        folder = folder or make()
        _write_data(folder, resolved, bench, plan)
        for found, content in signed:
            write_whole(folder.data / "waivers" / f"{found.waiver.name}.dsse.json", content)
        return Campaign(folder, resolved, bench, plan, stack.pop_all(), watcher or Progress())


def _check_armed(plan: Plan, bench: Bench, arm: str | None) -> None:
    """Arming names the bench, so that the command for one site cannot actuate another."""
    if arm is not None and arm != bench.name:
        raise Refusal(f"--arm {arm}", f"the bench is '{bench.name}'", f"to actuate it, write --arm {bench.name}")
    if arm is None and (subscriptions := bench.subscriptions()):
        what = f"it is to {subscriptions[0][0]}, and it is not armed"
        raise Refusal(str(bench.path), what, f"run with --arm {bench.name}, or write `events: {STREAM}`")
    dangerous = [p for p in plan.procedures if p.hazard > 0]
    if dangerous and arm is None:
        raise Refusal(
            f"procedure {dangerous[0].name}",
            f"it actuates (hazard {dangerous[0].hazard}) and the bench is not armed",
            f"read `conformance plan`, then run with --arm {bench.name}",
        )


def _write_data(folder: RunFolder, resolved: Resolved, bench: Bench, plan: Plan) -> None:
    equipment, record = bench.record()
    documents = {"profile": resolved.document, "plan": plan.record(), "equipment": equipment, "bench": record}
    for name, document in documents.items():
        text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        path = folder.data / f"{name}.json"
        if path.exists() and path.read_text() != text:
            raise Refusal(str(path), "the profile or the bench changed since this run began", "start a new run")
        path.write_text(text)
    for file, content in bench.certificates().items():
        write_whole(folder.root / file, content)
