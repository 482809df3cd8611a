"""Adapters to begin with: complete, small, in six languages, their types made from the schemas."""
