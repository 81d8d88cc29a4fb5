"""Statistics of what is told apart: how many different values there are, and in how many bits two differ."""

from reports.judging.reasons import doubtful
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Pattern, Scope


@measurand("distinct-values")
def distinct_values(scope: Scope, *, of: Pattern) -> Value:
    """y = |{x}|, the number of different values, states or texts of a channel, the greatest over all channels."""
    counts = []
    for channel in scope.channels(of):
        textual = channel.kind in ("state", "text")
        counts.append(len(set(scope.text(channel).text if textual else scope.number(channel).value)))
    return Value(float(max(counts)), "count")


@measurand("bit-mismatches")
def bit_mismatches(scope: Scope, *, question: str, field: str, against: str, width: int = 1) -> Value:
    """y = Σ |{groups of `width` bits that differ}| between two fields of hexadecimal text, over all answers.

    A group is a bit, or a code of 2, 4 or whole bytes of bits. NoEvidence if a text is not hexadecimal, or the
    two are not equally long and whole groups.
    """
    total = 0
    for answer in scope.answers(question):
        texts = [str(answer["content"].get(name, "")) for name in (field, against)]
        total += _differing(question, texts, width)
    return Value(float(total), "count")


def _differing(question: str, texts: list[str], width: int) -> int:
    try:
        a, b = (bytes.fromhex(text) for text in texts)
    except ValueError as error:
        raise doubtful("not-hex", question=question) from error
    if not a or len(a) != len(b) or (8 * len(a) % width if width >= 8 else 8 % width):
        raise doubtful("not-hex", question=question)
    if width >= 8:
        size = width // 8
        return sum(a[i : i + size] != b[i : i + size] for i in range(0, len(a), size))
    mask = (1 << width) - 1
    return sum(bool((x ^ y) >> shift & mask) for x, y in zip(a, b, strict=True) for shift in range(0, 8, width))
