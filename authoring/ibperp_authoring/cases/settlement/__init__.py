"""Conformance cases of settlement."""
