"""Conformance cases of the money market."""
