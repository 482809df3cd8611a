"""Faults planted in custody."""
