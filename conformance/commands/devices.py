"""List, show and check device maps.

conformance devices list
conformance devices show rfc1628-ups      every point: where it is read, its unit, scale and accuracy
conformance devices check my-meter.yaml   mistakes with file, line and the nearest valid word
"""

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help="the device maps that come with this suite")
    show = verbs.add_parser("show", help="one device map, with everything it inherits")
    show.add_argument("map")
    show.add_argument("--format", choices=("text", "json"), default="text")
    check = verbs.add_parser("check", help="check a device map, or without one everything that is shipped")
    check.add_argument("map", nargs="?")


def execute(options: argparse.Namespace) -> int:
    from conformance import showing

    match options.verb:
        case "list":
            return showing.list_devices()
        case "show":
            return showing.show_device(options.map, options.format)
        case _:
            return showing.check_devices(options.map)
