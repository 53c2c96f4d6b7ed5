"""Measurements: figures, not tests (`make bench`)."""
