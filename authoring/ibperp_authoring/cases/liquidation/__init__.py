"""Conformance cases of liquidation."""
