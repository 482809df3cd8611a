"""Faults planted in governance."""
