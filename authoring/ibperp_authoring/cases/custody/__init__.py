"""Conformance cases of custody."""
