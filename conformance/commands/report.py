"""Render a bundle: HTML for people, JUnit and CSV for machines.

  conformance report smoke.zip --format html --output smoke.html

The bundle stays the authority; a rendering is derived from it. Formats pdf, allure, oscal and ocptv are
not built yet and are refused in one sentence.
"""

import argparse
import sys
from pathlib import Path

FORMATS = ("html", "junit", "csv", "pdf", "allure", "oscal", "ocptv")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--format", choices=FORMATS, required=True)
    parser.add_argument("--language", choices=("ko", "en"), help="the language shown first (HTML carries both)")
    parser.add_argument("--output", type=Path, help="the file to write (default: standard output)")


def execute(options: argparse.Namespace) -> int:
    from reports.exports import export

    content = export(options.bundle, options.format, options.language)
    if options.output is None:
        sys.stdout.buffer.write(content)
    else:
        options.output.write_bytes(content)
        print(f"{options.output} ({len(content)} bytes)")
    return 0
