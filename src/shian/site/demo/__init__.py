"""The demo county (演示): invented places, units and people, made through the same actions as real use."""
