"""Invariants of custody."""
