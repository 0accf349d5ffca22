"""A Resource: a run-time value from which list, detail, form, bulk edit, import session, export,
saved filters, REST endpoints, global search, change tab and generated tests come.

New entity = model + resource + six-line test; see ``docs/adding-an-entity.md``.
"""
