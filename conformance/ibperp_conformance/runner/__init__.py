"""Holds an engine to the vectors and reports how it did."""
