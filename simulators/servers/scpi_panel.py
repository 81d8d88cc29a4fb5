"""What an instrument is set to measure, the same for all who talk to it.

>>> panel = Panel({("FUNC", None): {'"VOLT:DC"': '"VOLT:DC"', '"VOLT:AC"': '"VOLT:AC"', "VOLT:AC": '"VOLT:AC"'}})
>>> panel.select(("FUNC", None), "VOLT:AC"), panel.selected(("FUNC", None))
(True, '"VOLT:AC"')
"""

from collections.abc import Mapping

Key = tuple[str, int | None]
"""The header of a command in short form, and the number behind its last word."""

Selections = Mapping[Key, Mapping[str, str]]
"""What can be selected: the words that a command may say, and which one the instrument says for each of them."""


class Panel:
    """Begins with the first word of each selection."""

    def __init__(self, selections: Selections) -> None:
        self._selections = selections
        self.reset()

    def reset(self) -> None:
        self._selected = {key: next(iter(words.values())) for key, words in self._selections.items()}

    def selected(self, key: Key) -> str:
        return self._selected[key]

    def select(self, key: Key, word: str) -> bool:
        """Whether there is such a word, which then holds."""
        known = self._selections[key].get(word.upper())
        if known is not None:
            self._selected[key] = known
        return known is not None

    def shows(self, when: Mapping[Key, str]) -> bool:
        """Whether all of this is selected."""
        return all(self._selected[key] == word for key, word in when.items())

    def save(self) -> list[list[object]]:
        return [[*key, word] for key, word in self._selected.items()]

    def restore(self, saved: list[tuple[str, int | None, str]]) -> None:
        self._selected = {(header, suffix): word for header, suffix, word in saved}
