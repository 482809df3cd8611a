"""Faults planted in the money market."""
