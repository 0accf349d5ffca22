"""Engines: what decides with disk, processes or sockets of its own. Pure Python, no Django; above core, below kernel."""
