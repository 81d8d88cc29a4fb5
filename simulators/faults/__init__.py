"""Faults: what can go wrong, by name, at every layer of the simulated container."""
