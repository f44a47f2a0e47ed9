"""Invented reports with known truth: for the demo, the tests and the benchmarks."""

from duban.samples.making import FORMATS, Format, Summary, make, render

__all__ = ["FORMATS", "Format", "Summary", "make", "render"]
