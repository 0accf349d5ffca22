"""The verbs of flow-driven resources at their addresses: pages, selections, API (办理)."""
