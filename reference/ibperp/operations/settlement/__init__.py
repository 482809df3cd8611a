"""The operations of settlement."""
