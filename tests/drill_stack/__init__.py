"""Kills workers and servers at random and looks whether anything was lost or doubled."""
