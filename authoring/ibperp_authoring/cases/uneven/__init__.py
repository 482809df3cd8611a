"""Cases in a world in which no two quantities that a rule could confuse are equal."""
