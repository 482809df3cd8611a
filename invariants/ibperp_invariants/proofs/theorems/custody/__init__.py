"""Theorems of custody."""
