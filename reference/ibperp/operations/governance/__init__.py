"""The operations of governance."""
