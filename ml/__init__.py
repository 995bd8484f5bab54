"""The matcher: arrays and frozen dataclasses in and out; no web, no database, no clock."""
