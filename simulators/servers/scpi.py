"""A bench instrument: program messages in, response messages out, with an error queue and status bytes.

Which quantities there are comes from the device map; numbers are written as instruments write them.

    instrument.handle(b":NUM:VAL? 1;*STB?\\n")      # b'+2.20012E+02;0\\n'
"""

from collections.abc import Callable
from datetime import UTC, datetime

from fixtures.map_point import MapPoint
from profiles.refusal import Refusal
from simulators.servers.scpi_arguments import Wrong, meant, whole
from simulators.servers.scpi_panel import Key, Panel
from simulators.servers.scpi_repertoire import Repertoire
from simulators.servers.scpi_status import Status, language
from simulators.servers.scpi_words import Command, commands
from simulators.servers.served import Served

LIST = "NUM:VAL?"
NO_NUMBER = "+9.91E+37"


class Instrument:
    """One session with the instrument behind a device map."""

    def __init__(self, served: Served, identity: str, panel: Panel | None = None) -> None:
        """`panel` is the instrument's, where there are several sessions with it."""
        self._served, self._identity = served, identity
        self.status = Status(powered_on=served.life.boots > 0)
        self._knows = repertoire_of(served)
        self._panel = panel or Panel(self._knows.selections)
        self._items = self._as_mapped()

    def handle(self, message: bytes, failing: bool = False) -> bytes:
        """The response message, ended by a newline; empty if nothing was asked. `failing`: it does nothing."""
        answers: list[str] = []
        for command in commands(message):
            try:
                answer = self._perform(command, failing, bool(answers))
            except Wrong as wrong:
                self.status.fail(wrong.error)
                continue
            if answer is not None:
                answers.append(answer)
        return (";".join(answers) + "\n").encode() if answers else b""

    def _perform(self, command: Command, failing: bool, message: bool) -> str | None:
        if command.header.startswith("*"):
            return self._common(command, message)
        if command.header in self._knows.errors:
            return self.status.next_error()
        if failing:
            raise Wrong(-310)
        moment = datetime.fromtimestamp(self._served.utc(), UTC)
        match command.header:
            case "SYST:ERR:COUN?":
                return str(self.status.errors())
            case "SYST:VERS?":
                return str(language()["version"])
            case "SYST:DATE?":
                return f"{moment:%Y,%m,%d}"
            case "SYST:TIME?":
                return f"{moment:%H,%M,%S}"
            case "NUM:ITEM" | "NUM:ITEM?" if self._knows.functions:
                return self._item(command)
            case "NUM:NUM?" if self._knows.functions:
                return str(len(self._items))
        return self._by_the_map(command)

    def _by_the_map(self, command: Command) -> str | None:
        """What only this product understands."""
        knows, key = self._knows, (command.header, command.suffix)
        told = (command.header.removesuffix("?"), command.suffix)
        if key in knows.queries:
            return self._values(command)
        if key in knows.texts:
            return knows.texts[key]
        if key == told:
            self._tell(key, command)
            return None
        if told in knows.selections:
            return self._panel.selected(told)
        raise self._unknown(command)

    def _tell(self, key: Key, command: Command) -> None:
        """What changes something: a function or a level."""
        knows = self._knows
        if key in knows.selections:
            self._select(key, command)
        elif key in knows.settings:
            self._set(knows.settings[key], command)
        elif key not in knows.accepted:
            raise self._unknown(command)

    def _unknown(self, command: Command) -> Wrong:
        return Wrong(-114 if command.header in {header for header, _ in self._knows.queries} else -113)

    def _select(self, key: Key, command: Command) -> None:
        if not self._panel.select(key, ",".join(command.arguments)):
            raise Wrong(-224 if command.arguments else -109)

    def _set(self, name: str, command: Command) -> None:
        """Tell the plant, which says what is allowed."""
        served = self._served
        try:
            served.write(name, meant(served.map.points[name], command))
        except Refusal:
            raise Wrong(-222) from None

    def _common(self, command: Command, message: bool) -> str | None:
        """The common commands of IEEE 488.2."""
        status = self.status
        match command.header:
            case "*ESE" | "*SRE":
                value = whole(command, 0, 255)
                if command.header == "*ESE":
                    status.event_enable = value
                else:
                    status.service_enable = value & ~(1 << 6)
                return None
        if command.arguments:
            raise Wrong(-108)
        match command.header:
            case "*CLS":
                status.clear()
            case "*RST":
                self._reset()
            case "*OPC":
                status.complete()
            case "*WAI" | "*TRG":
                return None
            case header if header in (answers := self._common_queries(message)):
                return str(answers[header]())
            case _:
                raise Wrong(-113)
        return None

    def _common_queries(self, message: bool) -> dict[str, Callable[[], object]]:
        status = self.status
        return {
            "*IDN?": lambda: self._identity,
            "*OPC?": lambda: 1,
            "*TST?": lambda: 0,
            "*OPT?": lambda: 0,
            "*ESR?": status.events,
            "*ESE?": lambda: status.event_enable,
            "*SRE?": lambda: status.service_enable,
            "*STB?": lambda: status.byte(message),
        }

    def _reset(self) -> None:
        """The list of numeric items as the map has it, and the first of every function."""
        self._items = self._as_mapped()
        self._panel.reset()

    def _as_mapped(self) -> list[str]:
        return [reply.point for reply in self._knows.queries.get((LIST, None), ())]

    def _item(self, command: Command) -> str | None:
        """Put a quantity at a place of the list, or say which is there."""
        place = 1 if command.suffix is None else command.suffix
        if not 1 <= place <= len(self._items):
            raise Wrong(-114)
        if command.header.endswith("?"):
            names = {name: arguments for arguments, name in self._knows.functions.items()}
            return ",".join(names.get(self._items[place - 1], ("NONE",)))
        wanted = tuple(argument.upper() for argument in command.arguments)
        if len(wanted) != 2:
            raise Wrong(-109 if len(wanted) < 2 else -108)
        if wanted not in self._knows.functions:
            raise Wrong(-224)
        self._items[place - 1] = self._knows.functions[wanted]
        return None

    def _values(self, command: Command) -> str:
        """All values of a query, or the one whose place is asked for."""
        replies = self._knows.queries[command.header, command.suffix]
        names = [reply.point for reply in replies if self._panel.shows(reply.when)]
        if command.header == LIST:
            names = self._items
        if command.arguments:
            names = [names[whole(command, 1, len(names)) - 1]]
        points = self._served.map.points
        return ",".join(_number(self._served.raw(points[name]), points[name]) for name in names) or NO_NUMBER


def repertoire_of(served: Served) -> Repertoire:
    """What the instrument behind a served device understands."""
    return Repertoire.of(served.map, served.world.writable(served.equipment))


def _number(raw: object, point: MapPoint) -> str:
    """Scientific notation as analysers send it; 9.91E+37 is their word for no number. A state is one of its words."""
    if raw is None:
        return NO_NUMBER
    return f"{raw:+.5E}" if isinstance(raw, int | float) and point.states is None else str(raw)
