"""The picture of the proof: coverage of each ensemble, and how often instruments near a limit pass.

svg = picture([(case, guarded outcomes, simple outcomes), …])
"""

import math
from collections.abc import Iterator, Sequence
from html import escape

from tests.uncertainty_proof.cases import Case
from tests.uncertainty_proof.trials import SPREAD, Outcome, coverage

BAND = (93.5, 96.5)
WIDE, HIGH, LEFT, TOP, GAP = 250, 190, 46, 28, 84
BINS = 20
COLOURS = {"guarded": "#0b6e4f", "simple": "#b3541e"}
Judged = tuple[Case, Sequence[Outcome], Sequence[Outcome]]


def picture(found: Sequence[Judged], probability: float) -> str:
    """One SVG: the coverage of all, and the shares that pass of the first two."""
    panels = [*_coverage_panel(found, probability)]
    for n, judged in enumerate(found[:2], 1):
        at = LEFT + n * (WIDE + GAP)
        panels += [f'<g transform="translate({at} {TOP})">', *_rates_panel(*judged), "</g>"]
    size = f"0 0 {LEFT + 3 * WIDE + 2 * GAP + 20} {TOP + HIGH + 66}"
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" role="img">',
        "<style>text{font:11px sans-serif;fill:#333}.soft{fill:#777}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    return "\n".join([*head, *panels, "</svg>", ""])


def _coverage_panel(found: Sequence[Judged], probability: float) -> Iterator[str]:
    low, high = 91.0, 99.0

    def x(percent: float) -> float:
        return WIDE * (percent - low) / (high - low)

    yield f'<g transform="translate({LEFT} {TOP})">'
    yield f'<text x="0" y="-12">U covered the truth in … % of {len(found[0][1])} instruments</text>'
    yield f'<rect x="{x(BAND[0]):.1f}" y="0" width="{x(BAND[1]) - x(BAND[0]):.1f}" height="{HIGH}" fill="#e8f1ec"/>'
    yield _line(x(100 * probability), 0, x(100 * probability), HIGH, "#0b6e4f", "3 3")
    for n, (case, guarded, _) in enumerate(found):
        share = coverage(guarded, probability)
        y, half = (
            HIGH * (n + 0.5) / len(found),
            196 * math.sqrt(share.percent / 100 * (1 - share.percent / 100) / share.among),
        )
        yield f'<text x="0" y="{y - 6:.1f}" class="soft">{escape(case.title)}</text>'
        yield _line(x(share.percent - half), y + 4, x(share.percent + half), y + 4, "#333")
        yield f'<circle cx="{x(share.percent):.1f}" cy="{y + 4:.1f}" r="3.2" fill="#333"/>'
    for percent in range(round(low), round(high) + 1, 2):
        yield f'<text x="{x(percent):.1f}" y="{HIGH + 16}" text-anchor="middle">{percent}</text>'
    yield f'<text x="0" y="{HIGH + 36}" class="soft">bars: 95 % of the binomial, band: 95 ± 1.5 %</text>'
    yield "</g>"


def _rates_panel(case: Case, guarded: Sequence[Outcome], simple: Sequence[Outcome]) -> Iterator[str]:
    yield f'<text x="0" y="-12">passed, of instruments near the limit: {escape(case.title)}</text>'
    yield _line(0, HIGH, WIDE, HIGH, "#999")
    yield _line(0, 0, 0, HIGH, "#999")
    yield _line(WIDE / 2, 0, WIDE / 2, HIGH, "#ccc")
    for name, outcomes in (("guarded", guarded), ("simple", simple)):
        yield from _curve(outcomes, name == "guarded", COLOURS[name])
        yield f'<text x="{WIDE - 74}" y="{14 if name == "guarded" else 29}" style="fill:{COLOURS[name]}">{name}</text>'
    for step in (-2, -1, 0, 1, 2):
        at = WIDE * (step / SPREAD + 1) / 2
        yield f'<text x="{at:.1f}" y="{HIGH + 16}" text-anchor="middle">{step:+d} U</text>'
    yield f'<text x="0" y="{HIGH + 36}" class="soft">truth from the limit (right: outside); lines: theory</text>'
    for percent in (0, 50, 100):
        yield f'<text x="-6" y="{HIGH * (1 - percent / 100) + 4:.1f}" text-anchor="end">{percent} %</text>'


def _curve(outcomes: Sequence[Outcome], guard: bool, colour: str) -> Iterator[str]:
    bins: list[list[Outcome]] = [[] for _ in range(BINS)]
    for one in outcomes:
        place = ((one.truth - one.case.limit) / one.case.half / SPREAD + 1) / 2
        bins[min(BINS - 1, int(place * BINS))].append(one)
    theory = []
    for n, members in enumerate(bins):
        if not members:
            continue
        x = WIDE * (n + 0.5) / BINS
        expected = math.fsum(one.chance_to_pass(guard) for one in members) / len(members)
        seen = sum(one.passed for one in members) / len(members)
        theory.append(f"{x:.1f} {HIGH * (1 - expected):.1f}")
        yield f'<circle cx="{x:.1f}" cy="{HIGH * (1 - seen):.1f}" r="2.8" fill="{colour}"/>'
    yield f'<path d="M{" L".join(theory)}" fill="none" stroke="{colour}" stroke-width="1.2"/>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dashed}/>'
