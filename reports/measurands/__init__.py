"""Measurands: pure functions from evidence to one number with a unit, one family of statistics a file."""
