"""The list of a resource: its page, the columns and filters people keep, and the export of what it shows."""
