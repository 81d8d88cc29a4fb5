"""A request that cannot be carried out, said in one sentence.

Every message names the file, the place in it and the way out; the command line prints it and
exits with 2.

>>> str(Refusal("lab.yaml", "line 4: unknown key 'devises'", "write 'devices'"))
"lab.yaml: line 4: unknown key 'devises'; write 'devices'."
"""


class Refusal(Exception):
    """Bad input: `where` (file or argument), `what` is wrong there, and the `remedy`."""

    def __init__(self, where: str, what: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}; {remedy}" + ("" if remedy.endswith(("?", ".", "…")) else "."))
        self.where, self.what, self.remedy = where, what, remedy
