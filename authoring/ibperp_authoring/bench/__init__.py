"""Measures the reference."""
