"""Servers that speak the wires of real products; each exposes the world through device maps."""
