"""The state of a coolant: what its ions conduct, how acid and how clear it is.

Conductivity and pH follow the temperature and drift as the inhibitor is used up. A flow that changes stirs up what
has settled, growth on the plates sheds particles, and the filter takes out what flows through it.

    coolant.step(0.2, flow_pu=1.0, fouling=0.0)
    coolant.conductivity_us_per_cm(40.0)           # -> 62.4 for 48 at 25 °C
"""

from simulators.plant.parameters import Parameters

REFERENCE_C = 25.0
CONDUCTIVITY_PER_K = 0.02  # of aqueous solutions around the reference (project)
STIRRED_NTU = 6.0  # that a change of the flow by all of it sets free
SHED_NTU = 4.0  # that wholly fouled plates add to a clear coolant
DAY_S = 86_400.0


class Coolant:
    """`us_per_cm` and `ph` at 25 °C; `ntu` as it is."""

    __slots__ = ("_acidifies", "_clear_ntu", "_filter_s", "_flow_pu", "_gathers", "_ph_per_k", "ntu", "ph", "us_per_cm")

    def __init__(self, p: Parameters, flow_pu: float) -> None:
        self.us_per_cm, self.ph = p.number("coolant_us_per_cm_at_25c"), p.number("coolant_ph")
        self.ntu = self._clear_ntu = p.number("coolant_ntu")
        self._gathers = p.number("coolant_us_per_cm_and_day") / DAY_S
        self._acidifies, self._ph_per_k = p.number("coolant_ph_per_day") / DAY_S, p.number("coolant_ph_per_k")
        self._filter_s, self._flow_pu = p.number("coolant_filter_s"), flow_pu

    def step(self, seconds: float, flow_pu: float, fouling: float) -> None:
        self.us_per_cm += self._gathers * seconds
        self.ph += self._acidifies * seconds
        self.ntu += STIRRED_NTU * abs(flow_pu - self._flow_pu)
        rest = self._clear_ntu + SHED_NTU * fouling
        self.ntu += (rest - self.ntu) * flow_pu * seconds / self._filter_s
        self._flow_pu = flow_pu

    def conductivity_us_per_cm(self, temperature_c: float) -> float:
        return self.us_per_cm * (1.0 + CONDUCTIVITY_PER_K * (temperature_c - REFERENCE_C))

    def acidity(self, temperature_c: float) -> float:
        """pH."""
        return self.ph + self._ph_per_k * (temperature_c - REFERENCE_C)
