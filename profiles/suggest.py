"""The remedy for a misspelt word: the nearest valid one, or the whole choice.

>>> suggest("voltag", ["voltage", "current"])
"did you mean 'voltage'?"
"""

from collections.abc import Collection
from difflib import get_close_matches


def suggest(word: str, words: Collection[str]) -> str:
    """One phrase for the end of a refusal."""
    near = get_close_matches(str(word), list(words), n=1, cutoff=0.5)
    if near:
        return f"did you mean '{near[0]}'?"
    choice = sorted(words)
    shown = ", ".join(choice[:12]) + (" …" if len(choice) > 12 else "")
    return f"choose one of: {shown}" if choice else "there is nothing to choose from"
