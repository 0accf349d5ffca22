"""Units of government, businesses and laboratories; the people who work in them; sign-in."""
