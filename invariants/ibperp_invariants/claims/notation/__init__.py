"""Invariants of numbers, ranges and every action."""
