"""Say every step, actuation, hazard and duration of a profile; touch nothing.

conformance plan smoke                              on the bundled simulated container
conformance plan mains-loss --bench container.yaml  what will be switched there, and how it is undone
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.plan import Plan
    from fixtures.bench import Bench

HAZARDS = (
    "reading only",
    "harmless writing",
    "a short break to the load is possible",
    "the load may be lost; equipment may be stressed",
    "danger to people: two qualified persons, lock-out and tag-out",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("profile", help="a name (see `conformance profiles list`) or a file")
    parser.add_argument("--bench", type=Path, help="the bench file; without it the bundled simulated container")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def execute(options: argparse.Namespace) -> int:
    import asyncio
    import json
    import tempfile
    from contextlib import ExitStack

    from conformance.bundled import DEFAULT_PRESET, container
    from conformance.plan import make_plan
    from fixtures.bench import load_bench
    from profiles.resolve import resolve

    resolved = resolve(options.profile)
    with ExitStack() as stack:
        path = options.bench
        if path is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            path = stack.enter_context(container(Path(folder), DEFAULT_PRESET, 0))
        bench = load_bench(path)
        plan = asyncio.run(make_plan(resolved.document, bench))
    if options.format == "json":
        print(json.dumps(plan.record(), ensure_ascii=False, indent=2))
        return 0
    print(_text(plan, bench, options.profile))
    return 0


def _text(plan: "Plan", bench: "Bench", profile: str) -> str:
    from conformance.progress import clock

    lines = [f"{profile} on {bench.name}: {len(plan.items)} items in {len(plan.procedures)} procedure(s)"]
    for forward, reverse in bench.subscriptions():
        lines += [
            "",
            f"{'first':>10}  {forward} (hazard 1, needs --arm {bench.name})",
            f"{'at the end':>10}  {reverse}",
        ]
    for procedure in plan.procedures:
        shortest, longest = procedure.seconds
        lines += ["", f"{procedure.name}: {procedure.summary}"]
        lines.append(
            f"  hazard {procedure.hazard} ({HAZARDS[procedure.hazard]}); {clock(shortest)} to {clock(longest)}"
        )
        for step in procedure.steps:
            lines.append(f"  {clock(step.at):>8}  {step.kind:8} {step.text}")
            if step.undo:
                lines.append(f"  {'':8}  {'undo':8} {step.undo}")
        if procedure.hazard:
            lines.append(
                f"  It actuates: `conformance run {profile} --bench … --arm {bench.name}` confirms exactly this list."
            )
    without = [item for item in plan.items if item.reason]
    lines += [""] + [f"not applicable: {item.name} ({(item.reason or {})['en']})" for item in without]
    return "\n".join(lines).rstrip()
