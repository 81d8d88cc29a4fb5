"""Compare two bundles requirement by requirement.

  conformance diff last-week.zip today.zip
  conformance diff last-week.zip today.zip --format html --output changes.html

A difference smaller than the combined uncertainty of both values is said to be within U. Exit code 1 if
anything newly fails, 3 if something is newly undecided or gone.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--format", choices=("text", "json", "html"), default="text")
    parser.add_argument("--language", choices=("ko", "en"), help="the language that the page shows first")
    parser.add_argument("--output", type=Path, help="the file to write (default: standard output)")


def execute(options: argparse.Namespace) -> int:
    from conformance.written import give
    from reports.diff import compare

    comparison = compare(options.before, options.after)
    if options.format == "html":
        from reports.html.diff import render_diff
        from reports.verifying.sealed import open_sealed

        files = [open_sealed(path) for path in (options.before, options.after)]
        shown = render_diff(options.before.name, files[0], options.after.name, files[1], options.language)
    else:
        shown = f"{comparison.json() if options.format == 'json' else comparison.text()}\n".encode()
    give(shown, options.output, [options.before, options.after])
    return comparison.exit_code
