"""Executable specification of interest-bearing perpetual futures."""
