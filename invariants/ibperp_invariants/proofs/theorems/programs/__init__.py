"""Theorems of programs."""
