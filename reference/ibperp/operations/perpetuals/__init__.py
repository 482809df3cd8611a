"""The operations of perpetuals."""
