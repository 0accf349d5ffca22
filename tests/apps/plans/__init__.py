EXEMPT = {
    "plans.draft": "reviewed on the document's review screen",
    "plans.taskparty": "part of the task page",
    "plans.milestone": "part of the task page",
    "plans.targetvalue": "part of the task page",
}
"""Entities without a resource, with the reason (``tests/meta/test_rules.py``)."""
