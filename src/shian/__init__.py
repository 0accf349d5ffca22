"""Shian (食安): food-safety supervision for local governments."""
