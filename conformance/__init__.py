"""Runs procedures: command line, pytest plugin, campaign, and one module per domain."""
