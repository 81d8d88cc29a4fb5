"""The command line: one subcommand per file in `conformance.commands`.

Exit codes: 0 conformant or valid; 1 non-conformant or not valid; 2 the request is wrong; 3 incomplete.
Every error is one sentence that names the file, the place and the way out; `--debug` adds the traceback.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence

from profiles.piping import while_read
from profiles.refusal import Refusal

COMMANDS = (
    "run",
    "plan",
    "probe",
    "interop",
    "verify",
    "report",
    "diff",
    "restore",
    "simulate",
    "profiles",
    "devices",
    "keys",
    "sign",
    "stamp",
    "waivers",
    "log",
)

EPILOG = """\
a first session:
  conformance run smoke                         certify the bundled simulated container
  conformance verify out/NAME.zip --trust out/NAME.pem
                                                recompute every verdict from the file alone
  conformance plan mains-loss                   what would be switched, for how long, how it is undone

exit codes: 0 conformant or valid, 1 non-conformant or not valid, 2 the request is wrong, 3 incomplete"""


def parser() -> argparse.ArgumentParser:
    """The whole command line; the work behind a command is imported only when it runs."""
    top = argparse.ArgumentParser(
        prog="conformance",
        description="Conformance and certification of micro data centres, from the plug to the model.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--debug", action="store_true", help="on an error, show where in the program it arose")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = importlib.import_module(f"conformance.commands.{name}")
        summary = (module.__doc__ or "").strip().split("\n")[0]
        sub = commands.add_parser(
            name,
            help=summary,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.arguments(sub)
        sub.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        sub.set_defaults(execute=module.execute)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; 3 if its reader went away before it had said everything."""
    return while_read(lambda: _run(parser().parse_args(argv)), 3)


def _run(options: argparse.Namespace) -> int:
    try:
        return int(options.execute(options))
    except Refusal as refusal:
        if options.debug:
            raise
        print(f"conformance: {refusal}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # no failure of the command: `while_read` knows what it means
        raise
    except KeyboardInterrupt:
        print("conformance: interrupted; what was recorded is kept.", file=sys.stderr)
        return 3
    except Exception as error:
        if options.debug:
            raise
        kind = type(error).__name__
        print(f"conformance: unexpected {kind}: {error}; run again with --debug and report it.", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
