"""Settings, urls, the command line: the only place that wires."""
