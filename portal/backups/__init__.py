"""Backups: one consistent snapshot of database, uploads and versions of the score, sealed with age in one file.

What is in the file is a tar: `begin.json`, `database/`, `models/`, `uploads/`, and `manifest.json` at the end, which
knows the size and sha256 of everything before it. The keys of the installation are not in it.
"""
