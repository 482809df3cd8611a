"""Conformance cases of incidents, by their numbers on the page of incidents."""
