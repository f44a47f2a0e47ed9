"""Rule files read, compiled and asked of reports; pure."""

from duban.rulebook.book import Rulebook, load

__all__ = ["Rulebook", "load"]
