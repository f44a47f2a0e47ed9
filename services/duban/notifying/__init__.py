"""Telling an office of its alerts: routes, grouping, silences, repetition, an outbox."""
