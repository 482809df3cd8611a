"""Faults planted in spot margin."""
