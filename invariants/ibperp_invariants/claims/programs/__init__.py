"""Invariants of the market makers' programs."""
