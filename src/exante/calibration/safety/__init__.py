"""Crashes beside the register: rates fitted to years, a year held out."""
