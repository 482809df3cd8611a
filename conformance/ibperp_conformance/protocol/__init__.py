"""The protocol between a runner and an engine: wire values, observations, messages, both ends."""
