"""A pair of leads: what of a voltage reaches a load that takes a constant power.

>>> leads = Leads(0.01)
>>> round(leads.current_a(12.0, 180.0), 2), leads.current_a(12.0, 4000.0)
(15.19, 600.0)
"""

from math import sqrt


class Leads:
    """`ohms` there and back."""

    __slots__ = ("ohms",)

    def __init__(self, ohms: float) -> None:
        self.ohms = ohms

    def current_a(self, volts: float, watts: float) -> float:
        """A that the load draws through the leads; where they cannot carry its power, the most that they can."""
        root = volts * volts - 4.0 * self.ohms * watts
        return (volts - sqrt(max(0.0, root))) / (2.0 * self.ohms)

    def loss_w(self, amperes: float) -> float:
        return self.ohms * amperes * amperes
