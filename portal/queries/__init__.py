"""Reads: select statements, no rule, no request."""
