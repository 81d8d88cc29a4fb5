"""List, show and check profiles.

conformance profiles list
conformance profiles show smoke           every requirement with its limit and the basis of that limit
conformance profiles check my-site.yaml   mistakes with file, line and the nearest valid word
conformance profiles rules                what recorded signals must have to do with each other

A profile of yours may import Redfish interoperability profiles (DMTF DSP0272); those that they require lie beside them:
  interop: [{file: OCPRackPDU.v1_0_0.json, subjects: [pdu]}]
"""

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help="the profiles that come with this suite")
    show = verbs.add_parser("show", help="one profile, resolved")
    show.add_argument("profile")
    show.add_argument("--format", choices=("text", "json"), default="text")
    show.add_argument("--language", choices=("ko", "en"), default="en")
    rules = verbs.add_parser("rules", help="the plausibility rules, and what a bench lacks for those not examined")
    rules.add_argument("--language", choices=("ko", "en"), default="en")
    check = verbs.add_parser("check", help="check a profile or a catalogue, or without one everything that is shipped")
    check.add_argument("profile", nargs="?")


def execute(options: argparse.Namespace) -> int:
    from conformance import showing

    match options.verb:
        case "list":
            return showing.list_profiles()
        case "show":
            return showing.show_profile(options.profile, options.format, options.language)
        case "rules":
            return showing.list_rules(options.language)
        case _:
            return showing.check_profiles(options.profile)
