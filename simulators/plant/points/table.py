"""A table of true values: point name (with `@instance` where there are many) -> function without arguments.

table = Table(); table["output.frequency"] = lambda: 60.0
"""

from collections.abc import Callable, Iterable

Truth = float | str | None
Table = dict[str, Callable[[], Truth]]

PHASES = ("l1", "l2", "l3")


def constant(value: Truth) -> Callable[[], Truth]:
    return lambda: value


def per_phase(name: str, read: Callable[[int], float]) -> Table:
    """`name.l1` to `name.l3` from one function of the phase number 0-2."""

    def at(phase: int) -> Callable[[], Truth]:
        return lambda: read(phase)

    return {f"{name}.{phase}": at(k) for k, phase in enumerate(PHASES)}


def between_lines(read: Callable[[int], float]) -> Table:
    """The line-to-line voltages `voltage.l1-l2` … of three voltages 120 degrees apart."""

    def at(first: int, second: int) -> Callable[[], Truth]:
        def volts() -> float:
            a, b = read(first), read(second)
            return float((a * a + b * b + a * b) ** 0.5)

        return volts

    return {f"voltage.{PHASES[i]}-{PHASES[j]}": at(i, j) for i, j in ((0, 1), (1, 2), (2, 0))}


def identity(texts: Iterable[tuple[str, str]]) -> Table:
    return {f"identity.{key}": constant(text) for key, text in texts}
