"""Arrays in, arrays out: paths, equilibrium, skims and the other numerical parts of the models."""
