"""Read every point of a bench or of one device once, and print it.

  conformance probe --bench container.yaml
  conformance probe --device rfc1628-ups --address snmp://192.0.2.7:161 --credential community=env:UPS_COMMUNITY
  conformance probe --bench container.yaml --format json | jq 'select(.quality != "good")'

Reading only: nothing is ever written. Exit code 0 if every device answered, 3 if one did not.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
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
        help="with --device: where a secret is found (community, user, auth, priv, password, key …)",
    )
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="with --device: such as version=2c"
    )
    parser.add_argument(
        "--variable", action="append", default=[], metavar="NAME=VALUE", help="with --device: of the map"
    )
    parser.add_argument("--format", choices=("table", "json"), default="table")


def execute(options: argparse.Namespace) -> int:
    import asyncio

    from conformance.probing import bench_of_one, probe, show
    from fixtures.bench import load_bench
    from profiles.refusal import Refusal

    if options.bench:
        bench = load_bench(options.bench)
    elif not options.address:
        raise Refusal("probe --device", "the address is not said", "add --address, such as snmp://host:161")
    else:
        bench = bench_of_one(options.device, options.address, options.credential, options.option, options.variable)
    readings = asyncio.run(probe(bench))
    show(bench, readings, options.format)
    silent = {name for name in bench.devices if all(r.quality.value == "error" for r in readings if r.device == name)}
    return 3 if silent else 0
