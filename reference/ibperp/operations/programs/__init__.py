"""The operations of the market makers' programs."""
