"""The invariants, in a folder a brick."""
