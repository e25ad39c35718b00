"""The people of a city as a cube of expected counts: zone, age, sex, income, car and household size.

What is published by zone or for the city is a margin and met exactly; what is not comes from a seed of published
tables and stated judgements (`seed.toml`), and stays marked as such (`people_margins`).
"""

from exante.sources.people.cube import DIMS, Known, Origin, People, make_people

__all__ = ["DIMS", "Known", "Origin", "People", "make_people"]
