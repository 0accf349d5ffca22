"""Which days are worked, and deadlines that run on them: ``queries.calendar_for`` feeds ``shian.core.clock``."""
