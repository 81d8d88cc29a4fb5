"""What an instrument understands, by its device map: which question gives which point, and what can be told.

    repertoire = Repertoire.of(device_map, writable=("setpoint.voltage",))
    repertoire.queries["MEAS:VOLT?", None]      # (Reply("voltage", {}),)
    repertoire.settings["VOLT", None]           # 'setpoint.voltage'

A query that begins with commands (`MEASU:IMM:TYP RMS;:MEASU:IMM:VAL?`) or holds only for a function (`only-if`) gives
its point while that is selected.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fixtures.device_map import DeviceMap
from fixtures.map_point import MapPoint, bare
from simulators.servers.scpi_panel import Key
from simulators.servers.scpi_status import language
from simulators.servers.scpi_words import Command, commands, header_of

ITEM = "NUM:ITEM"


@dataclass(frozen=True, slots=True)
class Reply:
    """A point that a query gives, while `when` is selected."""

    point: str
    when: Mapping[Key, str]


@dataclass(slots=True)
class Repertoire:
    """`texts` are answers that never change, `functions` what may be put into a list of numeric items, `accepted`
    commands that a driver begins with and that change nothing here, `errors` the headers that ask for an error."""

    queries: dict[Key, list[Reply]] = field(default_factory=dict)
    settings: dict[Key, str] = field(default_factory=dict)
    selections: dict[Key, dict[str, str]] = field(default_factory=dict)
    texts: dict[Key, str] = field(default_factory=dict)
    functions: dict[tuple[str, ...], str] = field(default_factory=dict)
    accepted: set[Key] = field(default_factory=set)
    errors: set[str] = field(default_factory=lambda: {"SYST:ERR?", "STAT:ERR?"})

    @classmethod
    def of(cls, device_map: DeviceMap, writable: Collection[str]) -> "Repertoire":
        """`writable` are the points that the plant can be told."""
        found = cls()
        points = sorted(device_map.points.values(), key=lambda point: int(str(point.locator.get("index", 0))))
        for point in points:
            found._ask(point)
            found._set_up(point)
            if point.name in writable:
                found.settings[_setting(point)] = point.name
        found._scan([point for point in points if "instance" in point.locator])
        return found

    def _ask(self, point: MapPoint) -> None:
        *before, asked = commands(str(point.locator["query"]).encode())
        when = {_key(command): self._select(_key(command), command.arguments) for command in before}
        for one in point.beside:
            if one.role == "only-if":
                key = _told(header_of(str(one.locator["query"])))
                when[key] = self._select(key, [str(word) for word in one.among])
        self.queries.setdefault(_key(asked), []).append(Reply(point.name, when))
        if "errors" in point.locator:
            self.errors.add(header_of(str(point.locator["errors"])).header)

    def _select(self, key: Key, words: Sequence[str]) -> str:
        """Let these words be selected; all of them mean the first."""
        known = self.selections.setdefault(key, {})
        for word in words:
            known.setdefault(word.upper(), words[0].upper())
        return words[0].upper()

    def _set_up(self, point: MapPoint) -> None:
        said = point.locator.get("setup", ())
        for text in [said] if isinstance(said, str) else _texts(said):
            command = header_of(text)
            if command.header == ITEM:
                self.functions[command.arguments] = point.name
            else:
                self.accepted.add(_key(command))

    def _scan(self, channels: Sequence[MapPoint]) -> None:
        """What a scanner says of its channels: which they are, and what each measures."""
        for point in channels:
            numbers = ",".join(one.name.partition("@")[2] for one in channels)
            self.texts[_key(header_of(str(point.locator["instance"])))] = _block(f"(@{numbers})")
            where = point.locator.get("where")
            for query in where if isinstance(where, Mapping) else ():
                words = [language()["functions"][bare(one.name)] for one in channels]
                self.texts[_key(header_of(query))] = ",".join(f'"{word}"' for word in words)


def _key(command: Command) -> Key:
    return command.header, command.suffix


def _told(asked: Command) -> Key:
    """The command that sets what a query asks for."""
    return asked.header.removesuffix("?"), asked.suffix


def _setting(point: MapPoint) -> Key:
    """The command of the map, or else the query without its question mark."""
    if "set" in point.locator:
        return _key(header_of(str(point.locator["set"])))
    return _told(header_of(str(point.locator["query"])))


def _texts(said: object) -> Iterator[str]:
    if isinstance(said, list | tuple):
        yield from map(str, said)


def _block(text: str) -> str:
    """Behind its length, as IEEE 488.2 has it (definite length block)."""
    return f"#{len(str(len(text)))}{len(text)}{text}"
