"""Program messages taken apart: commands, their headers in short form, and their arguments.

>>> [str(one) for one in commands(b":NUMERIC:NORMAL:ITEM2 U,1;ITEM3?;*CLS")]
['NUM:ITEM2 U,1', 'NUM:ITEM3?', '*CLS']
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

from simulators.servers.scpi_status import language

_UNITS = re.compile(r""";(?=(?:[^"']*["'][^"']*["'])*[^"']*$)""")
_NODE = re.compile(r"([A-Z_]+)(\d*)")


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `header` is in short form, with `?` if it asks; `suffix` the number behind its last word."""

    header: str
    suffix: int | None = None
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        number = "" if self.suffix is None else str(self.suffix)
        head, question = self.header.removesuffix("?"), "?" * self.header.endswith("?")
        return f"{head}{number}{question} {','.join(self.arguments)}".rstrip()


def commands(message: bytes) -> Iterator[Command]:
    """The commands of a message in order. A header without leading colon goes on from the one before it."""
    path = ""
    for unit in _UNITS.split(message.decode("ascii", "replace").strip()):
        if not unit.strip():
            continue
        header, _, rest = unit.strip().partition(" ")
        arguments = tuple(part.strip() for part in rest.split(",")) if rest.strip() else ()
        if header.startswith("*"):
            yield Command(header.upper(), None, arguments)
            continue
        full = header.upper() if header.startswith(":") or not path else f"{path}:{header.upper()}"
        path = full.rpartition(":")[0]
        yield _command(full.lstrip(":"), arguments)


def header_of(text: str) -> Command:
    """The one command of a text, such as a device map's query."""
    return next(commands(text.encode()))


def _command(header: str, arguments: tuple[str, ...]) -> Command:
    question = "?" * header.endswith("?")
    words: list[str] = []
    suffix = None
    for node in header.removesuffix("?").split(":"):
        match = _NODE.fullmatch(node)
        word = _short(match[1] if match else node)
        suffix = int(match[2]) if match and match[2] else None
        if not words or language()["optional"].get(words[-1]) != word:
            words.append(word)
    return Command(":".join(words) + question, suffix, arguments)


def _short(word: str) -> str:
    return _short_forms().get(word, word)


@cache
def _short_forms() -> dict[str, str]:
    """Long form in capitals to short form."""
    words = chain.from_iterable(language()["words"])
    return {word.upper(): "".join(letter for letter in word if letter.isupper()) for word in words}
