"""A container made of software: the plant, and servers that speak the wires of real products."""
