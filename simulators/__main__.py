"""One simulated container as a process: `python -m simulators [PRESET] [options]`.

When everything answers, one JSON line says where the bench file and the control channel are. The process
ends on SIGTERM, SIGINT, the operation `stop`, and with --with-parent when its standard input closes.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from profiles.refusal import Refusal
from profiles.suggest import suggest
from simulators.bench_file import write_bench
from simulators.control import Control
from simulators.faults.catalogue import catalogue, parse
from simulators.replay import replay
from simulators.servers.tls import Authority
from simulators.serving import start
from simulators.site import load_site
from simulators.watch import watch
from simulators.world import World

PRESETS = Path(__file__).parent / "presets"
DEFAULT = "edge-40-liquid"
# Fixed, so that the same seed gives the same evidence.
EPOCH = "2026-01-01T00:00:00Z"
TICK_S = 0.1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulators", description=__doc__.split("\n\n")[0] if __doc__ else ""
    )
    add = parser.add_argument
    add("preset", nargs="?", default=DEFAULT, help=f"which container (default {DEFAULT})")
    add("--fault", action="append", default=[], metavar="NAME[:KEY=VALUE,…]", help="begin with this fault")
    add("--seed", type=int, default=0, help="of noise, unit spread, keys and certificates")
    add("--clock", default="real", help="real, lockstep, or a factor such as 60")
    add("--epoch", default=EPOCH, help=f"plant time at the start (default {EPOCH})")
    add("--directory", type=Path, help="where to write bench.yaml and its secrets (default: one that goes with it)")
    add("--with-parent", action="store_true", help="end when standard input closes")
    add("--replay", type=Path, metavar="FILE.snmprec", help="serve a recording instead of a container")
    add("--port", type=int, default=0, help="with --replay: the UDP port (default: any free one)")
    add("--list-faults", action="store_true", help="every fault in a line, Korean and English")
    add("--list-presets", action="store_true", help="every container that can be started")
    add("--watch", action="store_true", help="draw the container live in the terminal")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    try:
        if options.list_faults:
            for fault in catalogue().values():
                print(f"{fault.name:28} {fault.layer:14} {fault.title['ko']} / {fault.title['en']}")
        elif options.list_presets:
            print("\n".join(presets()))
        elif options.replay is not None:
            asyncio.run(_replay(options))
        else:
            asyncio.run(_container(options))
    except Refusal as refusal:
        print(f"simulators: {refusal}", file=sys.stderr)
        return 2
    return 0


def presets() -> list[str]:
    return sorted(path.stem for path in PRESETS.glob("*.yaml"))


async def _replay(options: argparse.Namespace) -> None:
    stopped = _until_stopped(options.with_parent)
    print(json.dumps(await replay(options.replay, options.port)), flush=True)
    await stopped.wait()


async def _container(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="container-") as spare:
        await _serve(options, options.directory or Path(spare))


async def _serve(options: argparse.Namespace, folder: Path) -> None:
    if options.preset not in presets():
        raise Refusal(f"preset '{options.preset}'", "there is no such container", suggest(options.preset, presets()))
    lockstep = options.clock == "lockstep"
    factor = 0.0 if lockstep else _factor(options.clock)
    epoch = _epoch(options.epoch)
    faults = [parse(text) for text in options.fault]
    world = World(options.preset, options.seed, round(epoch.timestamp()) * 1_000_000_000, faults)
    site = load_site(world.site, world, options.seed)
    authority = Authority.create(options.seed, epoch)
    running = await start(site, authority)
    stopped = _until_stopped(options.with_parent)
    control = Control(world, lambda: running.refresh(site), stopped.set, lockstep)
    _, port = await control.serve()
    address = f"tcp://127.0.0.1:{port}"
    clock = {"kind": "lockstep" if lockstep else "real", "address": address, "epoch": f"{epoch:%Y-%m-%dT%H:%M:%SZ}"}
    bench = write_bench(folder, options.preset, site, running, authority, clock)
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
