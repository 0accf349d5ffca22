"""Templates of ``shian new``; ``site/scaffold.py`` fills them in."""
