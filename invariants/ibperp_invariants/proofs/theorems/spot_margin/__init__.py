"""Theorems of spot margin."""
