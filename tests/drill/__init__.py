"""Kills duban at random points and looks whether anything was lost or doubled."""
