"""Vectors, engine protocol, fuzzing and reports that hold an engine to the specification."""
