"""Barcelona from Open Data BCN: what only its files need (street segments, named sections, census sections)."""
