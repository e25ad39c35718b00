"""Calibration: fit to what was observed, hold out, verify against references, state the error."""
