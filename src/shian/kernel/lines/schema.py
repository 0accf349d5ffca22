"""Nested lines as OpenAPI knows them: a list of objects, limited as the form limits it, the same for reading and writing."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from shian.kernel.scopes.entity import Entity


class Lines(serializers.Field):
    """Documents only; rows are told by ``Children.represent`` and read by ``LinesPart``."""

    def __init__(self, model: type[Entity], fields: tuple[str, ...], most: int):
        super().__init__(required=False)
        meta = type("Meta", (), {"model": model, "fields": ("id", *fields), "ref_name": f"{model.__name__}Line"})
        key = serializers.IntegerField(required=False, min_value=1)
        self.line = type(f"{model.__name__}Line", (serializers.ModelSerializer,), {"Meta": meta, "id": key})()
        self.most = most


class LinesSchema(OpenApiSerializerFieldExtension):
    """A line that names its ``id`` keeps what is not given; a new one must bring what is required."""

    target_class = Lines

    def map_serializer_field(self, auto_schema, direction):
        line = auto_schema._map_serializer(self.target.line, direction)
        for name, field in self.target.line.fields.items():
            if isinstance(field, serializers.CharField) and not field.allow_blank:
                line["properties"][name].setdefault("minLength", 1)
        if needed := line.pop("required", []):
            line["anyOf"] = [{"required": ["id"]}, {"required": needed}]
        return {"type": "array", "items": line, "maxItems": self.target.most}
