"""The kernel's own entities as resources: units, users, grants, places, the calendar, schedules."""
