"""The last lines of a run: the conclusion, where everything is, and how to verify it."""

import shutil
import sys
from pathlib import Path

from conformance.campaign import Campaign


def summary(campaign: Campaign) -> list[str]:
    judgement, folder = campaign.judgement(), campaign.folder
    counts = ", ".join(f"{number} {word}" for word, number in judgement.counts.items() if number)
    lines = [f"conclusion   {judgement.conclusion.value}   ({counts})"]
    if not judgement.certificate:
        lines.append("             simulated or replayed devices took part: this is not a certificate")
    lines += [f"waiver       {w['waiver']} ({w['requirement']}): {w['status']}" for w in judgement.waivers]
    lines += [f"gap          {gap['en']}" for gap in judgement.coverage["gaps"]]
    if campaign.sealed is not None:
        lines.append(f"bundle       {folder.bundle}")
        lines.append(f"report       {folder.report}")
        lines.append(f"verify with  {_program()} verify {folder.bundle} --trust {folder.certificate}")
    return lines


def _program() -> str:
    """`conformance` as the reader can call it: by its name if that is on the path, else by its place."""
    place = Path(sys.executable).parent / "conformance"
    if shutil.which("conformance") == str(place) or not place.exists():
        return "conformance"
    here = Path.cwd()
    return str(place.relative_to(here) if place.is_relative_to(here) else place)
