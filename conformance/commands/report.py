"""Render a bundle: PDF and HTML for people; JUnit, CSV, Allure, OSCAL and OCPTV for machines.

  conformance report smoke.zip --format pdf --language ko --output smoke.pdf
  conformance report smoke.zip --format pdf --sign lab.key --certificate lab.pem --output smoke.pdf

The bundle stays the authority; a rendering is derived from it, if it is still what was signed. `allure` is a zip of
an allure-results folder, `oscal` NIST assessment results, `ocptv` the line-delimited output of OCP Test and Validation.
"""

import argparse
from pathlib import Path

FORMATS = ("html", "pdf", "junit", "csv", "allure", "oscal", "ocptv")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--format", choices=FORMATS, required=True)
    parser.add_argument("--language", choices=("ko", "en"), help="the language shown first (HTML carries both)")
    parser.add_argument("--output", type=Path, help="the file to write (default: standard output)")

    parser.add_argument("--sign", type=Path, metavar="KEY", help="sign the PDF with this private key (PEM)")
    parser.add_argument("--certificate", type=Path, metavar="CHAIN", help="the key's certificate and its chain (PEM)")
    parser.add_argument(
        "--passphrase-env", metavar="VARIABLE", help="the environment variable with the key's passphrase"
    )


def execute(options: argparse.Namespace) -> int:
    from conformance.written import give
    from reports.exports import export

    content = export(options.bundle, options.format, options.language)
    if options.sign or options.certificate:
        content = _signed(content, options)
    sources = [options.bundle, options.sign, options.certificate]
    give(content, options.output, [source for source in sources if source is not None])
    return 0


def _signed(content: bytes, options: argparse.Namespace) -> bytes:
    from profiles.refusal import Refusal
    from reports.pdf.signature import sign_pdf
    from reports.sealing.keys import load_signer

    if options.format != "pdf":
        raise Refusal("--sign", "only a PDF carries a signature of its own", "give --format pdf")
    if not (options.sign and options.certificate):
        raise Refusal("--sign and --certificate", "one is given without the other", "give both, or neither")
    signer = load_signer(options.sign, options.certificate, options.passphrase_env)
    return sign_pdf(content, signer, options.bundle.stem)
