"""Logs of runs: written, read from files of several kinds, and checked."""
