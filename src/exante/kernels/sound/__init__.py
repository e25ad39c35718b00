"""Sound of road traffic: emission of vehicles, propagation to façades, levels of the day, response of people."""
