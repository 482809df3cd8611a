"""The operations of the money market."""
