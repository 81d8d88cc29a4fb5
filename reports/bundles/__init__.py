"""The one file that leaves the building: its archive, its formats, and what must be in it."""
