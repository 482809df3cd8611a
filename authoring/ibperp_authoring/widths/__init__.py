"""How many bits the intermediate values of each rule need, by intervals over its function."""
