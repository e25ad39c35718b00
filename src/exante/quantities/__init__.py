"""The vocabulary of exante: variables, uncertain parameters, declarations and errors.

Submodules are imported by name; this package imports nothing, because kernels may see its errors only.
"""
