"""Grants (授权) under two pairs of eyes: nobody gives what he does not hold, and power is given by two."""
