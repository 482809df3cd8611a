"""Conformance cases of the market makers' programs."""
