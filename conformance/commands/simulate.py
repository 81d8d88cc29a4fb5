"""Start a simulated container and print its bench file.

The container runs as its own process and serves the wires of real products on loopback ports. Point
another terminal at the bench file it prints; Ctrl-C ends it.

  conformance simulate                                   the reference container, clock in real time
  conformance simulate edge-40 --fault mains.loss        the air-cooled container, mains lost
  conformance simulate laboratory                        no container but a test bench with its instruments
  conformance simulate --preset my-site.yaml             a container of your own: a file that patches one of these
  conformance simulate --scenario storm.yaml             faults and commands at times, from a file
  conformance simulate --watch --clock 10                as a live picture, ten times as fast
  conformance simulate --replay ups.snmprec              a recording of a real device as an SNMP agent
"""

import argparse
import os
import sys

from profiles.refusal import Refusal


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("preset", nargs="?", help="which container (see --list-presets); default edge-40-liquid")
    parser.add_argument(
        "--preset", dest="own", metavar="FILE.yaml", help="a container of your own: a file that patches one"
    )
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME[:KEY=VALUE,…]", help="begin with this fault"
    )
    parser.add_argument("--scenario", metavar="FILE.yaml", help="faults and commands at times")
    parser.add_argument("--restore", metavar="FILE", help="go on from a saved state of a container")
    parser.add_argument(
        "--list-faults", action="store_true", help="every fault, explained in a line, Korean and English"
    )
    parser.add_argument(
        "--list-presets", action="store_true", help="every container that can be started, Korean and English"
    )
    parser.add_argument(
        "--seed", type=int, help="the seed of noise and unit spread; the same seed gives the same values"
    )
    parser.add_argument("--clock", help="real, lockstep, or a factor such as 60 (default real)")
    parser.add_argument("--directory", help="where to write bench.yaml and its secrets (default a temporary folder)")
    parser.add_argument("--replay", metavar="FILE", help="serve a recording (.snmprec) or dialogues (.json) instead")
    parser.add_argument(
        "--traps", metavar="TARGET", help="send every agent's alarms to ADDRESS:PORT[/1|/2c|/3][/inform]"
    )
    parser.add_argument("--watch", action="store_true", help="draw the container live in the terminal")
    parser.add_argument("--port", type=int, help="with --replay: the port (default any free one)")


def execute(options: argparse.Namespace) -> int:
    """Become the simulator: from here on signals and exit code are its own."""
    command = [sys.executable, "-m", "simulators"]
    if options.preset and options.own:
        raise Refusal("--preset", f"the container '{options.preset}' is named as well", "name one of them")
    if options.own or options.preset:
        command.append(options.own or options.preset)
    for fault in options.fault:
        command += ["--fault", fault]
    for flag in ("list_faults", "list_presets", "watch"):
        if getattr(options, flag):
            command.append("--" + flag.replace("_", "-"))
    for option in ("seed", "clock", "directory", "replay", "port", "scenario", "restore", "traps"):
        value = getattr(options, option)
        if value is not None:
            command += [f"--{option}", str(value)]
    sys.stdout.flush()
    os.execv(sys.executable, command)
