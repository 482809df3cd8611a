"""Invariants of the money market."""
