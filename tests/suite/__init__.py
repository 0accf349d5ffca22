"""The generated suite of a resource, in parts; ``tests/resource_suite.py`` puts them together."""
