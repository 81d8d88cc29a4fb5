"""Undoing what an interrupted run left actuated, from the reversals on its disk."""

from pathlib import Path

from conformance.reaching import Reach
from conformance.run_folder import RunFolder
from fixtures.bench import load_bench
from fixtures.safety.actuation import undo_all
from fixtures.safety.reversals import Reversals
from profiles.refusal import Refusal


async def restore(folder: RunFolder) -> tuple[list[str], list[str]]:
    """What was undone and what could not be, each in words. Undoing needs no arming."""
    reversals = Reversals(folder.reversals)
    pending = reversals.pending()
    if not pending:
        return [], []
    if folder.request.bench is None:
        raise Refusal(str(folder.root), "its simulated container ended with it", "there is nothing to undo; run again")
    reach = await Reach.open(load_bench(Path(folder.request.bench)))
    try:
        failures = await undo_all(reversals, reach.means)
    finally:
        await reach.close()
    failed = {reversal.number: error for reversal, error in failures}
    done = [f"{r.stimulus} ({r.state})" for r in pending if r.number not in failed]
    return done, [f"{r.stimulus} ({r.state}): {failed[r.number]}" for r in pending if r.number in failed]
