"""How the phase voltages of one source differ: seeded, and of a known size.

>>> phases = unbalanced(7, 0.005, 0.01)
>>> abs(sum(phases)) < 1e-12, 0.005 <= max(map(abs, phases)) <= 0.01
(True, True)
"""

from simulators.plant.noise import uniform


def unbalanced(key: int, least: float, most: float) -> list[float]:
    """Deviations of the three phases from their mean (pu); the greatest of them lies between `least` and `most`."""
    raw = [uniform(key, k) for k in range(3)]
    mean = sum(raw) / 3
    deviations = [value - mean for value in raw]
    size = least + (most - least) * uniform(key, 3)
    return [value * size / max(map(abs, deviations)) for value in deviations]
