"""Looks for runs in which an engine answers otherwise than the reference."""
