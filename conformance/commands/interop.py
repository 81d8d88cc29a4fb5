"""Judge a Redfish tree by an interoperability profile (DMTF DSP0272, such as those of OCP).

  conformance interop OCPRackPDU.v1_0_0.json recorded/rack-pdu
  conformance interop OCPServiceBaseline.v1_0_0.json https://192.0.2.7 --credential user=env:BMC_USER …
  conformance interop OCPRackPDU.v1_0_0.json             the requirements with their ids
  conformance interop PROFILE.json TREE --format json    one finding per line in both languages, what passed as well
  conformance interop PROFILE.json TREE --language ko    why something failed, in Korean

Required profiles are taken from the folder of the profile; nothing is fetched. Reading only.
Exit codes: 0 every mandatory requirement that applies passed; 1 one failed; 2 the profile or the tree is refused;
3 none failed, but something mandatory could not be tested from the tree.
For verdicts in a signed bundle import the profile into a campaign: see `conformance profiles --help`.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("profile", type=Path, help="the JSON of the profile")
    parser.add_argument("tree", nargs="?", help="a folder of recorded resources, or the address of a service")
    parser.add_argument("--credential", action="append", default=[], metavar="NAME=env:VARIABLE|file:PATH")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="such as ca=lab.pem")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--language", choices=("ko", "en"), default="en")


def execute(options: argparse.Namespace) -> int:
    from conformance import interop
    from profiles.interop.reading import load_profile

    profile = load_profile(options.profile)
    if options.tree is None:
        return interop.list_requirements(profile, options.format)
    answers = interop.record(options.tree, options.credential, options.option)
    return interop.judge_tree(profile, answers, options.format, options.language)
