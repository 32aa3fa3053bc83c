"""Recorded calls as cases: run, compare, report."""
