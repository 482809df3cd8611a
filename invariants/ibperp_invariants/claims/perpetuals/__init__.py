"""Invariants of perpetuals."""
