"""Faults planted in settlement."""
