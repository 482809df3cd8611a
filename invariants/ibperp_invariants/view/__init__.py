"""What the invariants look at: a published state, read once."""
