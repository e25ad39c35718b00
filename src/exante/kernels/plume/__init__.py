"""Dispersion of what streets emit: mean concentrations of a year, by Gaussian plumes and street canyons."""
