"""Undo what an interrupted run left actuated.

  conformance restore out/mains-loss-…

The reverse of every actuation was written to the run's folder before the actuation. Undoing twice is harmless.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, help="the folder of the run (it contains run.json)")


def execute(options: argparse.Namespace) -> int:
    import asyncio

    from conformance.restoring import restore
    from conformance.run_folder import RunFolder

    done, failed = asyncio.run(restore(RunFolder.open(options.run)))
    for text in done:
        print(f"undone      {text}")
    for text in failed:
        print(f"NOT undone  {text}")
    if not done and not failed:
        print("Nothing was left to undo.")
    return 3 if failed else 0
