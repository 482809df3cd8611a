"""What an invariant is, and what the events of a step say."""
