"""Reads the chapters: their clauses, and what stands behind each."""
