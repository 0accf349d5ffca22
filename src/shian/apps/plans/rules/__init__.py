"""Decisions of the plans domain on plain values: no database, no clock."""
