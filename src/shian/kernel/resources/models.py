"""None of its own: the tables labelled ``resources`` are the saved filters and preferences of ``kernel.listing``."""
