"""The text exposition format of Prometheus, version 0.0.4: which lines do not parse.

>>> errors('up 1\\nbroken{x=1} 2\\n')
[2]
"""

import re

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*\s*=\s*"(?:[^"\\\n]|\\["\\n])*"'
_LABELS = rf"\{{\s*(?:{_LABEL}\s*(?:,\s*{_LABEL}\s*)*,?)?\s*\}}"
_NUMBER = r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[iI]nf|[nN]a[nN])"
_SAMPLE = re.compile(rf"\s*({_NAME})\s*({_LABELS})?\s+{_NUMBER}(?:\s+-?\d+)?\s*")
_BARE = re.compile(rf"\s*({_NAME})\s*({_LABELS})\s*{_NUMBER}(?:\s+-?\d+)?\s*")
_TYPE = re.compile(rf"#\s+TYPE\s+({_NAME})\s+(counter|gauge|histogram|summary|untyped)\s*")
_HELP = re.compile(rf"#\s+HELP\s+{_NAME}(?:\s.*)?")


def errors(text: str) -> list[int]:
    """The numbers of the lines that are neither sample, comment nor empty, and of types declared twice."""
    typed: set[str] = set()
    return [number for number, line in enumerate(text.split("\n"), 1) if not _good(line, typed)]


def samples(text: str) -> int:
    """How many lines are samples."""
    return sum(bool(_is_sample(line)) for line in text.split("\n"))


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
    return line.lstrip().startswith("#") or _is_sample(line)


def _is_sample(line: str) -> bool:
    return bool(_SAMPLE.fullmatch(line) or _BARE.fullmatch(line))
