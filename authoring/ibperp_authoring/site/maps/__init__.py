"""The map for engineers: actions, codes, events, parameters and pool moves, from the code."""
