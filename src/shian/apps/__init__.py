"""Bounded domains of food safety."""
