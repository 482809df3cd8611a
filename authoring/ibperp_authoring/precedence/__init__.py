"""Precedence, complete: every two codes that can fail together have a vector, or a reason."""
