"""One simulated container as a process: `python -m simulators [PRESET] [options]`.

When everything answers, one JSON line says where the bench file and the control channel are. The process
ends on SIGTERM, SIGINT, the operation `stop`, and with --with-parent when its standard input closes.
"""

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from fixtures.memory import keep_freed_memory
from profiles.piping import while_read
from profiles.refusal import Refusal
from profiles.suggest import suggest
from simulators import dialogues
from simulators.bench_file import write_bench
from simulators.control import Control
from simulators.faults.catalogue import catalogue, parse
from simulators.plant.own_preset import is_own
from simulators.plant.parameters import preset_line, preset_names
from simulators.plant.state import decode, read_state
from simulators.replay import replay
from simulators.scenario import load_scenario
from simulators.servers.tls import Authority
from simulators.serving import start
from simulators.site import load_site
from simulators.watch import watch
from simulators.world import World

DEFAULT = "edge-40-liquid"
# Fixed, so that the same seed gives the same evidence.
EPOCH = "2026-01-01T00:00:00Z"
TICK_S = 0.1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulators", description=__doc__.split("\n\n")[0] if __doc__ else ""
    )
    add = parser.add_argument
    add("preset", nargs="?", default=DEFAULT, help=f"which container, or a file that patches one (default {DEFAULT})")
    add("--fault", action="append", default=[], metavar="NAME[:KEY=VALUE,…]", help="begin with this fault")
    add("--scenario", type=Path, metavar="FILE.yaml", help="faults and commands at times")
    add("--restore", type=Path, metavar="FILE", help="go on from a saved state; preset, seed and epoch are its own")
    add("--seed", type=int, default=0, help="of noise, unit spread, keys and certificates")
    add("--clock", default="real", help="real, lockstep, or a factor such as 60")
    add("--epoch", default=EPOCH, help=f"plant time at the start (default {EPOCH})")
    add("--directory", type=Path, help="where to write bench.yaml and its secrets (default: one that goes with it)")
    add("--with-parent", action="store_true", help="end when standard input closes")
    add("--replay", type=Path, metavar="FILE", help="serve a recording (.snmprec) or dialogues (.json) instead")
    add("--port", type=int, default=0, help="with --replay: the port (default: any free one)")
    add("--list-faults", action="store_true", help="every fault in a line, Korean and English")
    add("--list-presets", action="store_true", help="every container that can be started, Korean and English")
    add("--traps", action="append", default=[], metavar="TARGET", help="send alarms: ADDRESS:PORT[/1|/2c|/3][/inform]")
    add("--watch", action="store_true", help="draw the container live in the terminal")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    keep_freed_memory()
    try:
        if options.list_faults or options.list_presets:
            return while_read(lambda: _list(options), 0)
        if options.replay is not None:
            asyncio.run(_replay(options))
        else:
            asyncio.run(_container(options))
    except Refusal as refusal:
        print(f"simulators: {refusal}", file=sys.stderr)
        return 2
    return 0


def _list(options: argparse.Namespace) -> int:
    faults = [fault.line() for fault in catalogue().values()]
    print("\n".join(faults if options.list_faults else map(preset_line, preset_names())))
    return 0


async def _replay(options: argparse.Namespace) -> None:
    stopped = _until_stopped(options.with_parent)
    serve = dialogues.replay if options.replay.suffix == ".json" else replay
    print(json.dumps(await serve(options.replay, options.port)), flush=True)
    await stopped.wait()


async def _container(options: argparse.Namespace) -> None:
    # Before there is a folder that must not stay behind.
    stopped = _until_stopped(options.with_parent)
    with tempfile.TemporaryDirectory(prefix="container-") as spare:
        await _serve(options, options.directory or Path(spare), stopped)


async def _serve(options: argparse.Namespace, folder: Path, stopped: asyncio.Event) -> None:
    saved = None if options.restore is None else _take_over(options)
    if is_own(options.preset):
        options.preset = str(Path(options.preset).resolve())
    elif options.preset not in (known := preset_names()):
        raise Refusal(f"preset '{options.preset}'", "there is no such container", suggest(options.preset, known))
    lockstep = options.clock == "lockstep"
    factor = 0.0 if lockstep else _factor(options.clock)
    epoch = _epoch(options.epoch)
    faults = [parse(text) for text in options.fault]
    entries = () if options.scenario is None else load_scenario(options.scenario)
    world = World(options.preset, options.seed, round(epoch.timestamp()) * 1_000_000_000, faults)
    site = load_site(world.site, world, options.seed)
    authority = Authority.create(options.seed, epoch)
    running = await start(site, authority, paced=not lockstep)
    world.watch_faults(lambda: running.refresh(site))
    for target in options.traps:
        running.notify("", target)
    if saved is not None:
        world.restore(saved)
    world.schedule(entries)
    control = Control(world, lambda: running.refresh(site), stopped.set, lockstep, running.notify)
    _, port = await control.serve()
    address = f"tcp://127.0.0.1:{port}"
    clock = {"kind": "lockstep" if lockstep else "real", "address": address, "epoch": f"{epoch:%Y-%m-%dT%H:%M:%SZ}"}
    bench = write_bench(
        folder, Path(options.preset).stem if is_own(options.preset) else options.preset, site, running, authority, clock
    )
    # What stands now stands to the end: it need not be looked through for garbage again and again.
    gc.collect()
    gc.freeze()
    ready = {"bench": str(bench.resolve()), "control": address, "pid": os.getpid(), "more": running.more}
    print(json.dumps(ready), flush=True)
    if options.watch:
        watching = asyncio.create_task(watch(world, sys.stdout, f"bench   {bench.resolve()}", stopped))
    if lockstep:
        await stopped.wait()
    else:
        await _run_by_itself(world, factor, stopped)
    if options.watch:
        await watching


def _take_over(options: argparse.Namespace) -> bytes:
    """The saved state, whose world is the one that was asked for."""
    if options.fault:
        raise Refusal("--restore", "a saved state has its own faults", "start others with --scenario")
    data = read_state(options.restore)
    document = decode(data)
    options.preset, options.seed = document["preset"], document["seed"]
    options.epoch = datetime.fromtimestamp(document["epoch_ns"] // 1_000_000_000, UTC).isoformat()
    return data


async def _run_by_itself(world: World, factor: float, stopped: asyncio.Event) -> None:
    """Let plant time follow real time, or a multiple of it."""
    began, at = time.monotonic(), world.time_ms
    while not stopped.is_set():
        world.advance_to(at + int((time.monotonic() - began) * 1000 * factor))
        try:
            await asyncio.wait_for(stopped.wait(), TICK_S)
        except TimeoutError:
            continue


def _until_stopped(with_parent: bool) -> asyncio.Event:
    """An event that is set when the process should end."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if with_parent:
        try:
            loop.add_reader(sys.stdin.fileno(), lambda: None if os.read(0, 4096) else stopped.set())
        except PermissionError:
            raise Refusal("--with-parent", "standard input is a file, which never closes", "give it a pipe") from None
    return stopped


def _epoch(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("--epoch", f"'{text}' is not a time", f"write {EPOCH}") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _factor(text: str) -> float:
    if text == "real":
        return 1.0
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0 < factor <= 1000:
        raise Refusal("--clock", f"'{text}' is not a clock", "write real, lockstep, or a factor from 0 to 1000")
    return factor


if __name__ == "__main__":
    sys.exit(main())
