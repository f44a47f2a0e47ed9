"""Finds the headings of a report and the parts they open."""
