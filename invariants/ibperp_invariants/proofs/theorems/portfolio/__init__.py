"""Theorems of the portfolio."""
