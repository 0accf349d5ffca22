"""Machinery: Django without one food-safety word."""
