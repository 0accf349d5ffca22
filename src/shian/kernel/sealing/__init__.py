"""Sealing (封存): change rows are numbered and their digests appended to a log that cannot be rewritten."""
