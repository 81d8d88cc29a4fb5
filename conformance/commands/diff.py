"""Compare two bundles requirement by requirement.

  conformance diff last-week.zip today.zip

A difference smaller than the combined uncertainty of both values is said to be within U.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def execute(options: argparse.Namespace) -> int:
    from reports.diff import compare

    comparison = compare(options.before, options.after)
    print(comparison.json() if options.format == "json" else comparison.text())
    return comparison.exit_code
