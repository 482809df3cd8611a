"""Faults planted in liquidation."""
