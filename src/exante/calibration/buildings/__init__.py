"""The heating need of archetypes held against what TABULA tabulates, and the seasonal against the hourly method."""
