"""One module a command group; ``shian.site.cli`` loads them by name when asked."""
