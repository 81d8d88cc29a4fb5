"""The text exposition format of Prometheus, version 0.0.4: which lines do not parse.

>>> errors('up 1\\nbroken{x=1} 2\\n')
[2]
"""

import re

# What is repeated is never given back (*+): no line, however long, is read more than once.
_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*+"
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*+\s*+=\s*+"(?:[^"\\\n]|\\["\\n])*+"'
_LABELS = rf"\{{\s*+(?:{_LABEL}\s*+(?:,\s*+{_LABEL}\s*+)*+,?+)?+\s*+\}}"
_NUMBER = r"[+-]?+(?:(?:\d++\.?+\d*+|\.\d++)(?:[eE][+-]?+\d++)?+|[iI]nf|[nN]a[nN])"
_SAMPLE = re.compile(rf"\s*+{_NAME}(?:\s*+{_LABELS}\s*+|\s++){_NUMBER}(?:\s++-?\d++)?+\s*+")
_TYPE = re.compile(rf"#\s+TYPE\s+({_NAME})\s+(counter|gauge|histogram|summary|untyped)\s*")
_HELP = re.compile(rf"#\s+HELP\s+{_NAME}(?:\s.*)?")


def errors(text: str) -> list[int]:
    """The numbers of the lines that are neither sample, comment nor empty, and of types declared twice."""
    typed: set[str] = set()
    return [number for number, line in enumerate(text.split("\n"), 1) if not _good(line, typed)]


def samples(text: str) -> int:
    """How many lines are samples."""
    return sum(_SAMPLE.fullmatch(line) is not None for line in text.split("\n"))


def _good(line: str, typed: set[str]) -> bool:
    if not line.strip():
        return True
    if re.match(r"#\s+TYPE(\s|$)", line):
        found = _TYPE.fullmatch(line)
        new = found is not None and found[1] not in typed
        typed.add(found[1] if found else "")
        return new
    if re.match(r"#\s+HELP(\s|$)", line):
        return _HELP.fullmatch(line) is not None
    return line.lstrip().startswith("#") or _SAMPLE.fullmatch(line) is not None
