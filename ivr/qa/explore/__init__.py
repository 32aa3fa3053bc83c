"""Callers that nobody wrote: found, spoken, made smaller, and kept as cases."""
