"""Plans for an area, proposed from its network: they end in measures of a policy document."""
