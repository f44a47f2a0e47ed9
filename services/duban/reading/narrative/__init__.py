"""Numbers in the prose: facts (domain reference 3.0.1, 3.12.3) and the statement on fees."""

from duban.reading.narrative.facts import find_facts
from duban.reading.narrative.fees import find_fees

__all__ = ["find_facts", "find_fees"]
