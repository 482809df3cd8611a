"""Faults planted in perpetuals."""
