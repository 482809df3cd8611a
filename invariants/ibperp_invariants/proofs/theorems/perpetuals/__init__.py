"""Theorems of perpetuals."""
