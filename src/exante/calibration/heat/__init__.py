"""The heat balance of buildings, held against the test cases of ASHRAE 140-2020."""
