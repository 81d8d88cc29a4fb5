"""Read every point of a bench or of one device once, and print it; without a map, say first what the device is.

  conformance probe --bench container.yaml
  conformance probe snmp://192.0.2.7 --credential community=env:PDU_COMMUNITY --bench-entry lab.yaml
  conformance probe modbus://192.0.2.8/1 --identify-only
  conformance probe --scan snmp://192.0.2.0/28 --credential community=env:PDU_COMMUNITY
  conformance probe --device rfc1628-ups --address snmp://192.0.2.7:161 --credential community=env:UPS_COMMUNITY
  conformance probe --bench container.yaml --format json | jq 'select(.quality != "good")'
  conformance probe --bench container.yaml --check

Reading only: nothing is ever written. With an address alone the maps that may be the device's are named: `certain` if
what it says it is and what it has both agree, else `likely` or `possible`, each with its reasons; then the first is
read. --scan asks one address after the other, slowly, and none that is not named. Exit code 0 if every device
answered (with --scan: one of them), else 3; with --check 1 if readings contradict each other, 3 if nothing could be
checked.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fixtures.bench import Bench
    from fixtures.reading import Reading


def arguments(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "url", nargs="?", metavar="URL", help="recognise the device at this address, then read it: snmp://host"
    )
    where.add_argument(
        "--scan", metavar="RANGE", help="recognise what answers in snmp://192.0.2.0/28 or modbus://192.0.2.7,192.0.2.9"
    )
    where.add_argument("--bench", type=Path, help="read every device of this bench")
    where.add_argument("--device", metavar="MAP", help="read one device through this device map (name or file)")
    parser.add_argument(
        "--address", metavar="URL", help="with --device: such as snmp://host:161 or modbus://host:502/1"
    )
    parser.add_argument(
        "--credential",
        action="append",
        default=[],
        metavar="NAME=env:VARIABLE|file:PATH",
        help="of one device: where a secret is found (community, user, auth, priv, password, key …)",
    )
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="of one device: such as version=2c"
    )
    parser.add_argument(
        "--variable", action="append", default=[], metavar="NAME=VALUE", help="with --device: of the map"
    )
    parser.add_argument("--identify-only", action="store_true", help="with URL: read no points")
    parser.add_argument("--bench-entry", metavar="FILE", help="with URL: write the device as a bench file (- to print)")
    parser.add_argument("--rate", type=float, default=2.0, help="with --scan: at most so many addresses a second (2)")
    parser.add_argument("--check", action="store_true", help="hold the readings against each other: volts, amperes …")
    parser.add_argument("--format", choices=("table", "json"), default="table")


def execute(options: argparse.Namespace) -> int:
    from conformance.probing import bench_of_one
    from fixtures.bench import load_bench
    from profiles.refusal import Refusal

    if options.url:
        return _recognise(options)
    if options.scan:
        return _scan(options)
    if options.identify_only or options.bench_entry:
        raise Refusal("probe", "there is no address to recognise", "give one, such as snmp://host")
    if options.bench:
        return _finish(options, load_bench(options.bench))
    if not options.address:
        raise Refusal("probe --device", "the address is not said", "add --address, such as snmp://host:161")
    credentials, choices, variables = options.credential, options.option, options.variable
    return _finish(options, bench_of_one(options.device, options.address, credentials, choices, variables))


def _recognise(options: argparse.Namespace) -> int:
    import asyncio
    import json
    import sys

    from conformance.probing import bench_of_one
    from conformance.recognising import best, document, proposal, target
    from fixtures.identities.asking import identify
    from profiles.refusal import Refusal

    if options.address or options.variable:
        raise Refusal("probe URL", "the address is said, and no map that has variables", "leave out the options")
    if options.identify_only and options.check:
        raise Refusal("probe --check", "nothing is read with --identify-only", "leave one of them out")
    said, candidates = asyncio.run(identify(target(options.url, options.credential, options.option)))
    chosen = best(options.url, said, candidates)
    if chosen is None:
        print(f"conformance: {options.url}: nobody answers; check address and credentials.", file=sys.stderr)
        return 3
    if options.format == "json":
        for one in candidates:
            print(json.dumps(document(one), ensure_ascii=False))
    else:
        print(proposal(candidates), end="\n\n")
    return _finish(options, bench_of_one(chosen.map.name, options.url, options.credential, options.option, ()))


def _scan(options: argparse.Namespace) -> int:
    import asyncio

    from conformance.recognising import target
    from conformance.scanning import addresses, scan, show

    targets = [target(one, options.credential, options.option) for one in addresses(options.scan)]
    found = asyncio.run(scan(targets, options.rate))
    show(found, options.format)
    return 0 if found else 3


def _finish(options: argparse.Namespace, bench: "Bench") -> int:
    """Read, show, keep and check what was asked for."""
    import asyncio

    from conformance.probing import probe, show
    from conformance.recognising import entry, write_entry

    readings = [] if options.identify_only else asyncio.run(probe(bench))
    if readings:
        show(bench, readings, options.format)
    if options.bench_entry:
        write_entry(options.bench_entry, entry(bench, readings))
    checked = _check(bench, readings, options.format) if options.check else 0
    silent = [name for name in bench.devices if _silent(readings, name)]
    return checked or (3 if silent and not options.identify_only else 0)


def _check(bench: "Bench", readings: "Sequence[Reading]", form: str) -> int:
    """1 if readings contradict each other, 3 if nothing could be checked. Each contradiction is printed in a line, on
    standard error where standard output is for a program."""
    import sys

    from conformance.cross_checks import check

    checked, found = check(bench, readings)
    for line in (*found, f"{checked} checks among the readings, {len(found)} contradict each other"):
        print(line, file=sys.stderr if form == "json" else sys.stdout)
    return 1 if found else 0 if checked else 3


def _silent(readings: "Sequence[Reading]", device: str) -> bool:
    return all(reading.quality.value == "error" for reading in readings if reading.device == device)
