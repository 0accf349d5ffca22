"""What day it is, and which days are worked: both inputs, never taken from the machine in a rule.

``queries.today`` and ``queries.calendar_for`` feed ``shian.core.clock``.
"""
