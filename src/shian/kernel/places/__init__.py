"""Places of governance: path, codes, lineage, population by year."""
