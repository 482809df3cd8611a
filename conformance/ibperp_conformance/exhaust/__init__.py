"""Tries every run of a few actions from every setup, invariants on, beside another engine."""
