"""How a node is told to start anew, in the words of Redfish's ResetType (DSP2046, ComputerSystem.Reset).

>>> RESETS["graceful-restart"]
Reset(asks=True, comes_back=True, rests=False)
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reset:
    """`asks`: the operating system shuts itself down first; `rests`: the power stays away for some seconds."""

    asks: bool
    comes_back: bool
    rests: bool = False


RESETS = {
    "force-off": Reset(asks=False, comes_back=False),
    "graceful-shutdown": Reset(asks=True, comes_back=False),
    "force-restart": Reset(asks=False, comes_back=True),
    "graceful-restart": Reset(asks=True, comes_back=True),
    "power-cycle": Reset(asks=False, comes_back=True, rests=True),
}
