"""Conformance cases of governance."""
