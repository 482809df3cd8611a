"""States as canonical bytes with a hash."""
