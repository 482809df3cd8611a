"""Writes the generated pages of the site."""
