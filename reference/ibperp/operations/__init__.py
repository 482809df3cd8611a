"""The operations: each one states its preconditions, then its effect, then its postconditions."""
