"""``<res:resource>`` in an address: the resource served under that name at the time of the request."""

from django.urls import register_converter

from . import registry


class ResourceConverter:
    regex = "[a-z][a-z0-9-]*"

    def to_python(self, value: str):
        try:
            return registry.get(value)
        except KeyError:
            raise ValueError(value) from None

    def to_url(self, value) -> str:
        return value if isinstance(value, str) else value.name


register_converter(ResourceConverter, "res")
