"""Benchmarks: `make bench`, or one with `make bench ONLY=search`."""
