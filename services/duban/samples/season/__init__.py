"""A season of reports, day by day: what a city's agencies post, where, and what must be known.

The plan alone tells what happens; `site` shows it to a crawler, `truth` says what can be known.
"""
