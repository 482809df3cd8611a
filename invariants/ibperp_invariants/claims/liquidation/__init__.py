"""Invariants of liquidation."""
