"""Watching: figures for Prometheus and lines of the log. It counts and names codes; it never sees what people typed.

Every layer above may count something here. What an NGO has is only ever added up over all of them: no label names an
NGO, a person or a row.
"""
