"""Recordings of real devices, read through our maps, against what independent projects decoded from them."""
