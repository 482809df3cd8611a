"""A run as a document: one page with its steps, tables, charts and the clauses they follow."""
