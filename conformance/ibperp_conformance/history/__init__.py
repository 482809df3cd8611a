"""Histories in the shapes that the live system publishes: read, and held to what must add up."""
