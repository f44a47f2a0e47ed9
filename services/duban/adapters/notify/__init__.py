"""Channels that carry messages."""
