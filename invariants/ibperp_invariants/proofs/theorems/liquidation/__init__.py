"""Theorems of liquidation."""
