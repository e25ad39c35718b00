"""Readers of Bologna's own files."""
