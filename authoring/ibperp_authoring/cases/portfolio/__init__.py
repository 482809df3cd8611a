"""Conformance cases of the portfolio."""
