"""Benchmarks: each figure against a bound, or as a ratio to a baseline of the same run."""
