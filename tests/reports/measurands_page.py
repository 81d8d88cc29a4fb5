"""Prints docs/measurands.md: `make measurands`.

Formulas are those of the functions that compute them, arguments and examples those that profiles are checked by.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from profiles.statistics import Argument, StatisticKind, load_statistics
from reports.measurands.registry import statistics

HEAD = """# Measurands: what a profile can ask

Printed by `make measurands`. A requirement's `measurand` names a statistic and its arguments;
`conformance profiles check` refuses what does not fit before anything runs.

```yaml
measurand: {statistic: worst-mean, of: "voltage.l?", average: 600, from: sweep-begin, to: sweep-end}
```

Every measurand may have `from` and `to`, marks of its procedure; the whole execution counts otherwise. `allowed-gap`
(%, 5 if nothing is said) is the share of samples that may be missing. With `steady: true` there is no verdict where
temperatures or flow of the equipment drift.

| a signal (`of`) | looks at |
| --- | --- |
| `voltage.l?` | these points of the equipment, each for itself |
| `{subject: pdu, at: site, point: power, take: sum}` | points of other equipment, taken together |
| `{formula: hot - cold, unit: K, terms: {hot: …, cold: …}}` | what is computed from such signals |
| `{question: load-run, field: latency, unit: ms}` | a number in the answers to a question |

| an event | happens |
| --- | --- |
| `{mark: mains-lost}` | when the procedure put the mark |
| `{of: position, state: emergency}` | when a channel takes up a state, or one of several |
| `{of: output.voltage, below: 50}` | when a signal crosses a level; with `longer: 60`, if it stays there longer |
| `{question: notification, where: {kind: on-battery}}` | when an answer fits, or a device reports by itself |

Samples that are not good are left out, and too many of them leave the verdict open. What did not happen while it was
watched took at least as long as it was watched: such a value is a bound, ≥ 60 s, and decides only what the bound
decides. Where there is nothing to look at, nothing is tested. How a value gets its U is told in
[uncertainty](uncertainty.md).
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_entries()])


def _entries() -> Iterator[str]:
    kinds = load_statistics()
    for name, statistic in statistics().items():
        formula, *more = (inspect.getdoc(statistic.function) or "").split("\n\n")
        kind = kinds[name]
        yield f"## {name}\n\n{' '.join(formula.split())}\n"
        yield from (f"{' '.join(paragraph.split())}\n" for paragraph in more)
        yield f"Result: {kind.result}. Arguments: {_arguments(kind)}.\n"
        yield f"```yaml\n{_example(name, kind.example)}```\n"


def _arguments(kind: StatisticKind) -> str:
    said = [f"`{name}` ({_kind(one)})" for name, one in kind.arguments.items()]
    either = f"; {' or '.join(f'`{name}`' for name in kind.either)} is needed" if kind.either else ""
    return (", ".join(said) or "none") + either


def _kind(argument: Argument) -> str:
    kind = argument.kind if isinstance(argument.kind, str) else " or ".join(argument.kind)
    return kind if argument.required else f"{kind}, optional"


def _example(name: str, example: Mapping[str, Any]) -> str:
    written = {key: value for key, value in example.items() if key not in ("subject", "unit")}
    return yaml.safe_dump(
        {"statistic": name, **written}, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )


if __name__ == "__main__":
    print(page(), end="")
