"""What reads a step of a scenario into an action: one table a brick."""
