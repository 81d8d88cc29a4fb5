"""What an operator can tell transfer switch and genset: to be tested or to stay where it is, to start or to stop.

WRITES["ats", "test.request"](container, entry, "ats-1", "test.request", "load")
"""

from collections.abc import Callable, Mapping

from profiles.refusal import Refusal
from simulators.plant.container import Container
from simulators.plant.parameters import Parameters
from simulators.plant.written import Value, choice

Write = Callable[[Container, Parameters, str, str, Value], None]

TESTS, MODES = ({word: word for word in words} for words in (("none", "load"), ("automatic", "blocked")))
KEYS = {word: word for word in ("stop", "automatic", "manual", "start")}


def _test(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    wanted = choice(equipment, point, value, TESTS)
    if wanted == "load" and not (c.ats.can_be_tested and c.mains.healthy):
        remedy = "wait until the load is on a healthy utility, with the switch in automatic mode"
        raise Refusal(equipment, "it cannot be tested now", remedy)
    c.ats.test = wanted


def _mode(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    c.ats.mode = choice(equipment, point, value, MODES)


def _control(c: Container, entry: Parameters, equipment: str, point: str, value: Value) -> None:
    key = choice(equipment, point, value, KEYS)
    if key == "start" and c.genset.mode != "manual":
        raise Refusal(equipment, f"it cannot be started in {c.genset.mode} mode", "select manual mode first")
    c.genset.press(key)


WRITES: Mapping[tuple[str, str], Write] = {
    ("ats", "test.request"): _test,
    ("ats", "mode"): _mode,
    ("genset", "control"): _control,
}
