"""Draws what a scenario did."""
