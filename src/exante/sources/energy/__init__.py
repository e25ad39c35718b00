"""Energy around the city: hours and years of the grid, prices, fuels, roofs and street lamps."""
