"""Import is a session: upload → columns mapped → preview → applied in chunks → undone (product rule 4)."""
