"""Invariants of governance."""
