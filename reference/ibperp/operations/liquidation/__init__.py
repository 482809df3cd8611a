"""The operations of liquidation."""
