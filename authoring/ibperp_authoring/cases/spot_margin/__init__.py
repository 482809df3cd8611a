"""Conformance cases of spot margin."""
