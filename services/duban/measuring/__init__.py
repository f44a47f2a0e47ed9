"""Figures on the machinery itself, for Prometheus; nothing here says anything about an agency."""
