"""A symbolic executor of its own: the theorems a second time, without CrossHair, by two solvers."""
