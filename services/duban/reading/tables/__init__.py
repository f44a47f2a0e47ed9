"""Finds the three tables of the form by their labels and reads their cells."""
