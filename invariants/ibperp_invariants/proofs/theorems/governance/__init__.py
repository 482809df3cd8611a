"""Theorems of governance."""
