"""Draws the runs that a campaign asks: worlds, moves, stories, and what they reach."""
