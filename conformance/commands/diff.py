"""Compare two bundles requirement by requirement.

  conformance diff last-week.zip today.zip
  conformance diff last-week.zip today.zip --format html --output changes.html

A difference smaller than the combined uncertainty of both values is said to be within U. Exit code 1 if
anything newly fails, 3 if something is newly undecided or gone.
"""

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--format", choices=("text", "json", "html"), default="text")
    parser.add_argument("--language", choices=("ko", "en"), help="the language that the page shows first")
    parser.add_argument("--output", type=Path, help="the file to write (default: standard output)")


def execute(options: argparse.Namespace) -> int:
    from reports.diff import compare

    comparison = compare(options.before, options.after)
    if options.format == "html":
        from reports.bundles.archive import open_archive
        from reports.html.diff import render_diff

        files = [open_archive(path) for path in (options.before, options.after)]
        shown = render_diff(options.before.name, files[0], options.after.name, files[1], options.language)
    else:
        shown = f"{comparison.json() if options.format == 'json' else comparison.text()}\n".encode()
    if options.output is None:
        sys.stdout.buffer.write(shown)
    else:
        options.output.write_bytes(shown)
        print(f"{options.output} ({len(shown)} bytes)")
    return comparison.exit_code
