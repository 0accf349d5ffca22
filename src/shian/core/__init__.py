"""Decisions: pure Python, no Django, no clock, no network."""
