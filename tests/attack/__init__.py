"""Repeatable attacks on the running system; each prints what it tried (`make attack`, full tier)."""
