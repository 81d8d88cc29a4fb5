"""A table of true values: point name (with `@instance` where there are many) -> function without arguments.

table = Table(); table["output.frequency"] = lambda: 60.0
"""

from collections.abc import Callable, Iterable, Sequence

Truth = float | str | None
Table = dict[str, Callable[[], Truth]]

PHASES = ("l1", "l2", "l3")


def constant(value: Truth) -> Callable[[], Truth]:
    return lambda: value


def by_phase(name: str, reader: Callable[[int], Callable[[], Truth]]) -> Table:
    """`name.l1` to `name.l3`, each read by what `reader` makes for the phase number 0-2."""
    return {f"{name}.{phase}": reader(k) for k, phase in enumerate(PHASES)}


def per_phase(name: str, read: Callable[[int], float]) -> Table:
    """`name.l1` to `name.l3` from one function of the phase number."""
    return by_phase(name, lambda k: lambda: read(k))


def between_lines(voltages: Callable[[], Sequence[float]]) -> Table:
    """The line-to-line voltages `voltage.l1-l2` … of three voltages 120 degrees apart."""

    def at(first: int, second: int) -> Callable[[], Truth]:
        def volts() -> float:
            found = voltages()
            a, b = found[first], found[second]
            return float((a * a + b * b + a * b) ** 0.5)

        return volts

    return {f"voltage.{PHASES[i]}-{PHASES[j]}": at(i, j) for i, j in ((0, 1), (1, 2), (2, 0))}


def identity(texts: Iterable[tuple[str, str]]) -> Table:
    return {f"identity.{key}": constant(text) for key, text in texts}
