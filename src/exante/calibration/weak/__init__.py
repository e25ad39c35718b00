"""A city without traffic counts set beside weak evidence: published shares and figures, crashes, classes of NO2."""
