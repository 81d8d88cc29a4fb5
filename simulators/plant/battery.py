"""The battery string behind the UPS: open-circuit voltage, internal resistance, polarisation, Peukert.

Discharged at constant power: `I = (V0 - sqrt(V0^2 - 4 R P)) / 2R`. A negative root means that the
battery cannot deliver that power: it collapses.

    battery.discharge(0.2, 42_800)     # seconds, W -> True while it delivers
"""

from math import exp, sqrt

from simulators.plant.parameters import Parameters


class Battery:
    """Knobs for faults: `health` (pu of capacity), `open_circuit`, `warmer_k`."""

    __slots__ = (
        "_capacity_ah",
        "_cells",
        "_charge_efficiency",
        "_end_v",
        "_exponent",
        "_float_per_k",
        "_float_v",
        "_hours",
        "_ocv",
        "_polarisation",
        "_polarisation_ohm",
        "_polarisation_tau",
        "_resistance_ohm",
        "charge_w",
        "charger_w",
        "current",
        "health",
        "open_circuit",
        "soc",
        "temperature_c",
        "voltage",
        "warmer_k",
    )

    def __init__(self, p: Parameters) -> None:
        self._cells = p.number("cells")
        self._capacity_ah, self._hours = p.number("capacity_ah"), p.number("capacity_rate_h")
        self._exponent = p.number("peukert_exponent")
        self._ocv = [p.number(key) for key in ("ocv_base_v", "ocv_slope_v", "ocv_knee_v", "ocv_knee_rate")]
        self._resistance_ohm = p.number("resistance_mohm") / 1000
        self._polarisation_ohm = p.number("polarisation_mohm") / 1000
        self._polarisation_tau = p.number("polarisation_lag_s")
        self._float_v, self._end_v = p.number("float_v_per_cell"), p.number("end_v_per_cell")
        self._float_per_k = p.number("float_mv_per_cell_and_k") / 1000
        self._charge_efficiency = p.number("charge_efficiency_pu")
        self.charger_w = p.number("charger_kw") * 1000
        self.health = p.number("state_of_health")
        self.soc, self._polarisation, self.current, self.charge_w = 1.0, 0.0, 0.0, 0.0
        self.temperature_c = p.number("temperature_c")
        self.voltage = self._cells * self._float_v
        self.open_circuit, self.warmer_k = False, 0.0

    def open_voltage(self) -> float:
        base, slope, knee, rate = self._ocv
        return self._cells * (base + slope * self.soc - knee * exp(-rate * self.soc))

    def _resistance(self) -> float:
        return self._resistance_ohm * (1.0 + 1.5 * (1.0 - self.health))

    def charging_power(self) -> float:
        """W that the charger puts in now: full power to 80 %, then tapering."""
        if self.open_circuit or self.soc >= 1.0:
            return 0.0
        return self.charger_w * min(1.0, max(0.02, (1.0 - self.soc) / 0.2))

    def delivers(self, power: float) -> bool:
        """Whether the string can carry `power` W now."""
        drawn = self._drawn(power)
        return drawn is not None and drawn[1] > self._cells * self._end_v

    def _drawn(self, power: float) -> tuple[float, float] | None:
        """A and V at this power; None if the string cannot deliver it (open, empty or collapsed)."""
        rest = self.open_voltage() - self._polarisation
        resistance = self._resistance()
        root = rest * rest - 4.0 * resistance * power
        if self.open_circuit or self.soc <= 0.0 or root < 0.0:
            return None
        current = (rest - sqrt(root)) / (2.0 * resistance)
        return current, rest - resistance * current

    def discharge(self, seconds: float, power: float) -> bool:
        """Deliver `power` W; False if the string cannot (open, collapsed, or at its final voltage)."""
        self.charge_w = 0.0
        drawn = self._drawn(power)
        if drawn is None:
            self.current = 0.0
            return False
        self.current, self.voltage = drawn
        if self.current > 0.0:
            self.soc = max(0.0, self.soc - self._taken(seconds, self.health))
        self._relax(seconds)
        return self.voltage > self._cells * self._end_v

    def charge(self, seconds: float, power: float, held: bool = True) -> None:
        """Take `power` W from the charger; at rest and full the string floats, unless no charger holds it there."""
        self.charge_w = power
        if not held:
            self.voltage, self.current = self.open_voltage() - self._polarisation, 0.0
            self._relax(seconds)
            return
        floating = self._cells * (self._float_v + self._float_per_k * (self.temperature_c + self.warmer_k - 25.0))
        self.voltage = floating if self.soc > 0.98 else min(floating, self.open_voltage() * 1.03)
        self.current = -power / self.voltage
        capacity = self._capacity_ah * self.health
        stored = -self.current * self._charge_efficiency
        self.soc = min(1.0, self.soc + stored * seconds / 3600 / capacity)
        self._relax(seconds)

    def _taken(self, seconds: float, health: float) -> float:
        """Share of a charge that the present current takes from a battery in this health."""
        rated = self._capacity_ah * health / self._hours
        return float(seconds / 3600 / self._hours * (self.current / rated) ** self._exponent)

    def taken_from_new(self, seconds: float) -> float:
        """Share of a charge that the present current would take from a battery with its rated capacity."""
        return self._taken(seconds, 1.0) if self.current > 0.0 else 0.0

    def health_by(self, ratio: float) -> float:
        """Capacity, in pu of the rated one, where so much of a rated charge is a whole one of this battery."""
        return float(max(0.0, ratio) ** (1.0 / self._exponent))

    def _relax(self, seconds: float) -> None:
        target = max(0.0, self.current) * self._polarisation_ohm
        self._polarisation += (target - self._polarisation) * (1.0 - exp(-seconds / self._polarisation_tau))

    def autonomy(self, power: float) -> float:
        """Seconds that the present charge would last at `power` W, by Peukert."""
        current = max(power, 100.0) / max(1.0, self.open_voltage() * 0.95)
        rated = self._capacity_ah * self.health / self._hours
        return float(self._hours * 3600 * (rated / current) ** self._exponent * self.soc)
