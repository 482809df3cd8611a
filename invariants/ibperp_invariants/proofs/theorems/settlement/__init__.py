"""Theorems of settlement."""
