"""Noise as a function, not as a stream.

Every random number is `f(key, index)`: the key names what it is for (seed, device, signal, purpose), the
index counts refreshes. So the polling order and the number of clients cannot change any value.

>>> key = derive(7, "ups-1-card", "battery.charge", "noise")
>>> normal(key, 3) == normal(key, 3), normal(key, 3) == normal(key, 4)
(True, False)
"""

from hashlib import blake2b
from statistics import NormalDist

_MASK = (1 << 64) - 1
_inverse = NormalDist().inv_cdf


def derive(seed: int, *names: str) -> int:
    """The 64-bit key of one purpose, e.g. derive(seed, device, signal, "gain")."""
    text = "/".join((str(seed), *names)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def uniform(key: int, index: int) -> float:
    """A number strictly between 0 and 1 (SplitMix64: increment by the golden ratio, then mix)."""
    z = (key + (index + 1) * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return (((z ^ (z >> 31)) >> 11) + 0.5) / (1 << 53)


def normal(key: int, index: int) -> float:
    """A standard normal number."""
    return _inverse(uniform(key, index))
