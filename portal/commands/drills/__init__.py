"""Drills: an installation of its own is hurt on purpose, and asked afterwards whether anything was lost."""
