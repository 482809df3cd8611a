"""Faults planted in the portfolio."""
