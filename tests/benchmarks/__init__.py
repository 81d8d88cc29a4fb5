"""What docs/benchmarks.md states, measured again by `make bench`."""
