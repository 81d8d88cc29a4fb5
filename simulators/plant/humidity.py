"""Moist air: saturation, dew point and relative humidity by the Magnus formula, at sea level.

>>> round(dew_point(humidity_ratio(25.0, 50.0)), 1)
13.9
"""

from math import exp, log

PRESSURE = 101_325.0  # Pa
LATENT = 2.45e6  # J/kg


def saturation_pressure(temperature_c: float) -> float:
    """Pa over water."""
    return 611.2 * exp(17.62 * temperature_c / (243.12 + temperature_c))


def humidity_ratio(temperature_c: float, relative_percent: float) -> float:
    """kg of water per kg of dry air."""
    vapour = saturation_pressure(temperature_c) * relative_percent / 100
    return 0.622 * vapour / (PRESSURE - vapour)


def saturated_ratio(temperature_c: float) -> float:
    vapour = saturation_pressure(temperature_c)
    return 0.622 * vapour / (PRESSURE - vapour)


def dew_point(ratio: float) -> float:
    """°C at which air of this humidity ratio condenses."""
    vapour = PRESSURE * ratio / (0.622 + ratio)
    x = log(max(vapour, 1.0) / 611.2)
    return 243.12 * x / (17.62 - x)


def relative_humidity(ratio: float, temperature_c: float) -> float:
    """Percent."""
    vapour = PRESSURE * ratio / (0.622 + ratio)
    return 100.0 * vapour / saturation_pressure(temperature_c)
