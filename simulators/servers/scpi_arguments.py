"""What the arguments of a command mean: a whole number, a level of a point, a state.

>>> whole(Command("*ESE", None, ("32",)), 0, 255)
32
"""

from dataclasses import replace

from fixtures.decoding import decode
from fixtures.map_point import MapPoint
from simulators.servers.scpi_words import Command

# What SCPI-1999 (volume 1, 7.3) lets be said instead.
BOOLEAN = {"ON": "1", "OFF": "0", "1": "ON", "0": "OFF"}


class Wrong(Exception):
    """A command that cannot be carried out, with its error."""

    def __init__(self, error: int) -> None:
        super().__init__(error)
        self.error = error


def meant(point: MapPoint, command: Command) -> float | str:
    """The value that a command gives to a point: a number, or the state that a word means."""
    if len(command.arguments) != 1:
        raise Wrong(-108 if command.arguments else -109)
    text = command.arguments[0].upper()
    if point.states is None:
        value, _ = decode(replace(point, range=None), text)
        if not isinstance(value, float):
            raise Wrong(-104)
        return value
    states = {word.upper(): state for word, state in point.states.items()}
    for word in (text, BOOLEAN.get(text)):
        if word in states:
            return states[word]
    raise Wrong(-224)


def whole(command: Command, low: int, high: int) -> int:
    """The only argument as a whole number within its range."""
    if len(command.arguments) != 1:
        raise Wrong(-108 if command.arguments else -109)
    try:
        value = round(float(command.arguments[0]))
    except (ValueError, OverflowError):
        raise Wrong(-104) from None
    if not low <= value <= high:
        raise Wrong(-222)
    return value
