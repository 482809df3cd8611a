"""Faults planted in numbers, ranges and every action."""
