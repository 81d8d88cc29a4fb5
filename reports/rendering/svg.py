"""The few SVG shapes the charts are drawn with; colours and widths come from the style sheet by class.

>>> line("grid", 0, 1, 2, 3)
'<line class="grid" x1="0.0" y1="1.0" x2="2.0" y2="3.0"/>'
"""

from collections.abc import Sequence
from html import escape


def svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    """A picture with a title for screen readers."""
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" xmlns="http://www.w3.org/2000/svg"'
    return f'<svg class="chart" role="img" {size}><title>{escape(title)}</title>{"".join(parts)}</svg>'


def line(style: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def rect(style: str, x: float, y: float, width: float, height: float, title: str = "") -> str:
    """A title appears when the pointer rests on it."""
    size = f'width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
    shape = f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" {size}'
    return f"{shape}><title>{escape(title)}</title></rect>" if title else f"{shape}/>"


def circle(style: str, x: float, y: float, radius: float) -> str:
    return f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'


def path(style: str, course: str, title: str = "") -> str:
    """`course` is SVG path data; a title appears when the pointer rests on it."""
    inside = f"<title>{escape(title)}</title>" if title else ""
    return f'<path class="{style}" d="{course}">{inside}</path>'


def text(style: str, x: float, y: float, words: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'
