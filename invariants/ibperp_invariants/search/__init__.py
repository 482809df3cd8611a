"""Looks for a run that breaks an invariant."""
