"""The operations of spot margin."""
