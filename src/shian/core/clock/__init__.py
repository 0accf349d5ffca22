"""Working days, statutory deadlines, recurring periods. "Today" is always an argument."""

from .calendar import CalendarError, CalendarYearMissing, WorkCalendar, YearTable, load_calendar, read_tables
from .due import Due, Level, Pause, Remaining, add_months, count, due, extend, remaining
from .periods import Every, Instance, instances
from .rules import Extension, Rule, RuleError, RulePack, Unit, load_rules, override

__all__ = [
    "CalendarError",
    "CalendarYearMissing",
    "Due",
    "Every",
    "Extension",
    "Instance",
    "Level",
    "Pause",
    "Remaining",
    "Rule",
    "RuleError",
    "RulePack",
    "Unit",
    "WorkCalendar",
    "YearTable",
    "add_months",
    "count",
    "due",
    "extend",
    "instances",
    "load_calendar",
    "load_rules",
    "override",
    "read_tables",
    "remaining",
]
