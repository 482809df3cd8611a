"""Reads a scenario and runs it."""
