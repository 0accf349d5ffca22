"""Child rows edited inside their parent's form (明细): one form, one version, one batch of changes.

features=(Children("findings", fields=("text", "count"), sort="sort"),)
"""
