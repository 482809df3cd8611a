"""Theorems of numbers, ranges and every action."""
