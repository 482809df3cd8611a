"""Invariants of the portfolio."""
