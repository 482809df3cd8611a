"""Theorems of the money market."""
