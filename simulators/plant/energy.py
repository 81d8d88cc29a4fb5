"""Energy counters (J): what came in, where it went, what the air took. Balances are checked on them.

source + battery_out = it + distribution + ups_loss + mechanical + bank + battery_in
stored heat gained   = generated + latent + ambient - rejected
"""


class Energy:
    """All counters start at zero and only ever rise, except `ambient` (heat comes in and goes out).

    `reactive` (var s) is what the utility delivered beside `mains`.
    """

    __slots__ = (
        "ambient",
        "bank",
        "battery_in",
        "battery_out",
        "distribution",
        "generated",
        "it",
        "latent",
        "mains",
        "mechanical",
        "reactive",
        "rejected",
        "source",
        "ups_loss",
    )

    def __init__(self) -> None:
        for name in self.__slots__:
            setattr(self, name, 0.0)

    ambient: float
    bank: float
    battery_in: float
    battery_out: float
    distribution: float
    generated: float
    it: float
    latent: float
    mains: float
    mechanical: float
    reactive: float
    rejected: float
    source: float
    ups_loss: float
