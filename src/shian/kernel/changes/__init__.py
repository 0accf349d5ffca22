"""The one write path: ``with change(actor, verb, basis, reason) as w: w.save(obj)``.

The block writes the row, its diff, the spans of tracked fields, the dirty cells of the measures it
touches and its search entry in one transaction (architecture, point 16).
"""
