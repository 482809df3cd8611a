"""Faults planted in programs."""
