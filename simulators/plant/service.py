"""What an inference server counts of itself: who is served, who waits, and for how long all of them did.

By Little's law the time that requests spend grows by their number each second. Latencies always spread alike
here: a percentile is a multiple of the mean.

    service.step(now, 0.2); service.running(now), service.latency_s(now, 0.99)
"""

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.plant.node import Node
from simulators.plant.noise import uniform

FEWEST, VARYING, SLOTS = 24, 8, 28.0
BLOCK_MS = 2000
TOKENS_PER_REQUEST = 256.0
FIRST_TOKEN = 0.04  # of the whole latency
SPREAD: Mapping[float, float] = {0.5: 0.9, 0.9: 1.5, 0.99: 2.2}  # of the mean latency, by share of the requests


@dataclass(slots=True)
class Clients:
    """The requests of real clients, which come through the server and are no part of the plant."""

    answered: int = 0
    refused: int = 0


class Service:
    """A large language model on one node: its queue follows the node's utilisation."""

    __slots__ = ("_key", "clients", "first_s", "node", "spent_s")

    def __init__(self, key: int, node: Node) -> None:
        self._key, self.node, self.clients = key, node, Clients()
        self.spent_s = self.first_s = 0.0

    def running(self, now: int) -> float:
        wave = uniform(self._key, now // BLOCK_MS)
        return float(int(self.node.load() * (FEWEST + VARYING * wave)))

    def waiting(self, now: int) -> float:
        return float(int(max(0.0, self.running(now) - SLOTS)))

    def tokens(self) -> float:
        return float(int(self.node.tokens) + self.clients.answered)

    def succeeded(self) -> float:
        return float(int(self.node.tokens / TOKENS_PER_REQUEST) + self.clients.answered)

    def latency_s(self, now: int, share: float) -> float:
        """How long this share of the requests takes at most."""
        served = self.node.tokens_per_s() / TOKENS_PER_REQUEST
        return SPREAD[share] * (self.running(now) + self.waiting(now)) / served if served > 0.0 else 0.0

    def step(self, now: int, seconds: float) -> None:
        spent = (self.running(now) + self.waiting(now)) * seconds
        self.spent_s += spent
        self.first_s += FIRST_TOKEN * spent
