"""duban (督办): reads, judges and follows up annual disclosure reports."""

__version__ = "0.1.0"
