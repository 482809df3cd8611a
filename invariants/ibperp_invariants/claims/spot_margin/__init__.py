"""Invariants of spot margin."""
