"""What anybody may read without signing in: a published projection of chosen fields (公示).

features=(Public(fields=("title", "kind"), when=Q(kind="routine")),)
"""
