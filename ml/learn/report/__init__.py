"""The report of an evaluation: one page without scripts, in Spanish and English, that prints well."""
