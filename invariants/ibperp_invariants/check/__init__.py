"""Holds all invariants against a state, a step, a run or a recorded trace."""
