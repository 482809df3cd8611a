"""Conformance cases of perpetuals."""
