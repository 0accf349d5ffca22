"""Uploaded files: checked, hashed, kept outside the web root, handed out after a scope check."""
