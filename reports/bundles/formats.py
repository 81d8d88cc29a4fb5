"""The formats of bundles, of which every earlier one stays readable.

>>> older({"schema": "verdicts/2", "counts": {}, "verdicts": [], "coverage": {}}, "microdc-bundle/1")
{'schema': 'verdicts/1', 'counts': {}, 'verdicts': []}

Format 2 added waivers (`data/waivers/`, `waivers`, and `waiver` in each verdict) and `coverage`.
"""

from collections.abc import Mapping
from typing import Any

FORMATS = ("microdc-bundle/1", "microdc-bundle/2")
FORMAT = FORMATS[-1]

_DOCUMENT_1 = {"schema", "conclusion", "certificate", "decision", "counts", "verdicts"}
_VERDICT_1 = {
    *("requirement", "equipment", "procedure", "status", "verdict", "level", "value", "unit", "uncertainty", "k"),
    *("bound", "resolution", "limit", "margin", "rule", "basis", "reason", "channels", "budget", "provenance"),
}


def older(verdicts: Mapping[str, Any], found: str) -> dict[str, Any]:
    """A document of verdicts as the format `found` would have written it: without what came later."""
    if found != "microdc-bundle/1":
        return dict(verdicts)
    rows = [{key: value for key, value in row.items() if key in _VERDICT_1} for row in verdicts["verdicts"]]
    kept = {key: value for key, value in verdicts.items() if key in _DOCUMENT_1}
    return {**kept, "schema": "verdicts/1", "verdicts": rows}
