"""REST endpoints of every resource and their OpenAPI, through DRF's and drf-spectacular's own factories.

Validation and writes are those of the form: one path, whoever asks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from shian.kernel.changes import onetime
from shian.kernel.changes.past import day_of, turn_back
from shian.kernel.changes.taken import Taken
from shian.kernel.changes.writer import StaleObject
from shian.kernel.day import today
from shian.kernel.scopes.detail import masked, sees_personal
from shian.kernel.scopes.numbers import whole
from shian.kernel.scopes.veil import stored

from . import converter as converter
from . import registry, tables
from .filters import apply
from .forms import difference, form_class, save_form
from .parts import FormPart
from .resource import Resource


class Paging(CursorPagination):
    """Keyset paging: stable under inserts, no offset."""

    ordering = "pk"
    page_size = 100
    page_size_query_param = "size"
    max_page_size = 1000

    def decode_cursor(self, request):
        """One that we did not write is no address."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and whole(cursor.position) is None:
            raise NotFound(self.invalid_cursor_message)
        return cursor


def serializer_for(resource: Resource) -> type[serializers.ModelSerializer]:
    """id, version, the form's and the list's own fields, and their labels in words."""
    own = [
        c.name for c in resource.columns if resource.model_field(c.name) is not None and "__" not in c.name
    ]
    told = [n for s in resource.overview for n in s.fields if "__" not in n and resource.model_field(n)]
    fields = list(dict.fromkeys(["id", "version", *resource.form_fields, *told, *own, "labels"]))

    def labels(_self, obj) -> dict[str, str]:
        return {c.name: tables.text_of(obj, c.name, tables.value_of(obj, c.name)) for c in resource.columns}

    def to_representation(self, obj):
        out = serializers.ModelSerializer.to_representation(self, obj)
        if obj.personal and not sees_personal(self.context["request"].actor, obj):
            for name in (*obj.personal,):
                for part in (out, out["labels"]):
                    if part.get(name):
                        part[name] = masked(str(part[name]))
        return out

    meta = type(
        "Meta",
        (),
        {
            "model": resource.model,
            "fields": fields,
            "ref_name": resource.model.__name__,
            "read_only_fields": ["version"],
        },
    )
    labels.__annotations__["return"] = dict[str, str]
    return type(
        f"{resource.model.__name__}Serializer",
        (serializers.ModelSerializer,),
        {
            "Meta": meta,
            "labels": serializers.SerializerMethodField(),
            "get_labels": labels,
            "to_representation": to_representation,
        },
    )


def documented(resource: Resource, rows: type[serializers.ModelSerializer]) -> type[serializers.ModelSerializer]:
    """``rows`` with what the features add and the version that a change must name, for the OpenAPI document."""
    more = {name: field for f in resource.features for name, field in f.documented(resource).items()}
    meta = type("Meta", (rows.Meta,), {"fields": [*rows.Meta.fields, *more], "read_only_fields": []})
    version = serializers.IntegerField(required=False, min_value=1, help_text="修改时必填：读到的版本号")
    return type(rows.__name__, (rows,), {"Meta": meta, "version": version} | more)


def problem(title: str, status: int, **more) -> Response:
    """RFC 9457 problem details."""
    return Response(
        {"title": title, "status": status, **more}, status=status, content_type="application/problem+json"
    )


def refused(error: ValidationError, parts: Sequence[FormPart] = ()) -> Response:
    """What is wrong, field by field; 409 where somebody else took a key after it was checked."""
    own = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    below = {name: list(texts) for part in parts for name, texts in part.errors.items()}
    return problem(_("数据有误"), 409 if isinstance(error, Taken) else 400, errors=own | below)


def as_problem(error: Exception, context: dict) -> Response | None:
    """DRF's own refusals (not signed in, not found, malformed JSON, too many requests) in the same form."""
    if isinstance(error, onetime.OtherContent):
        return problem(_("这个 Idempotency-Key 已用于另一份内容；请换一个键"), 422)
    found = exception_handler(error, context)
    if found is None:
        return None
    detail = found.data.get("detail", "") if isinstance(found.data, dict) else ""
    answer = problem(str(detail or _("请求有误")), found.status_code)
    for name in ("WWW-Authenticate", "Retry-After"):
        if name in found:
            answer[name] = found[name]
    return answer


PROBLEM = inline_serializer(
    "Problem",
    {
        "title": serializers.CharField(),
        "status": serializers.IntegerField(),
        "errors": serializers.DictField(
            child=serializers.ListField(child=serializers.CharField()), required=False
        ),
        "difference": serializers.ListField(child=serializers.DictField(), required=False),
    },
)
KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, description="同一键的重复提交只生效一次"
)


class ResourceViewSet(viewsets.GenericViewSet):
    resource: Resource
    pagination_class = Paging
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.resource.model._base_manager.none()
        return self.resource.visible(self.request.actor)

    def list(self, request: Request) -> Response:
        day, wrong = day_of(request.query_params.get("as_of", ""), today())
        if wrong:
            return problem(_("筛选条件有误"), 400, errors={"as_of": [wrong]})
        rows, filterset = apply(
            self.resource, self.resource.visible(request.actor, as_of=day), request.query_params, request.actor, today(), request
        )
        if not filterset.is_valid():
            return problem(_("筛选条件有误"), 400, errors=filterset.form.errors)
        page = self.paginate_queryset(rows)
        if day:
            turn_back(page, day)
        return self.get_paginated_response(self._shown(page))

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self._shown([self._find(pk)])[0])

    def create(self, request: Request) -> Response:
        if not self.resource.editable or not self.resource.may(request.actor, "create"):
            return problem(_("您没有新增权限"), 403)
        return self._write(request, self.resource.model(), "create", 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        obj = self._find(pk)
        if not self.resource.editable or not self.resource.may(request.actor, "edit", obj):
            return problem(_("您没有修改权限"), 403)
        if not isinstance(request.data, dict) or request.data.get("version") is None:
            return problem(
                _("缺少 version：请先读取，再带着读到的版本号修改"), 400, errors={"version": [_("必填")]}
            )
        return self._write(request, obj, "edit", 200)

    def destroy(self, request: Request, pk: str) -> Response:
        obj = self._find(pk)
        if not self.resource.editable or not self.resource.may(request.actor, "retire", obj):
            return problem(_("您没有停用权限"), 403)
        retire, verb = self.resource.actions.retire, self.resource.permission("retire")
        try:
            retire(actor=request.actor, rows=[obj], verb=verb)
        except ValidationError as error:
            return refused(error)
        return Response(status=204)

    # -- inside -----------------------------------------------------------------------------------
    def _shown(self, rows: Sequence) -> list[dict]:
        return told(self.resource, rows, self.request)

    def _find(self, pk: str):
        obj = self.get_queryset().filter(pk=pk).first()
        if obj is None:
            raise Http404(_("没有这条记录，或您无权查看"))
        return obj

    def _write(self, request: Request, obj, verb: str, status: int) -> Response:
        if not isinstance(request.data, dict):
            return problem(_("请求体必须是 JSON 对象"), 400)
        resource, actor = self.resource, request.actor
        once = once_key(request)
        if answer := onetime.answered(*once):
            return Response(self._shown([self._find(answer)])[0])
        given = {
            k: plain(v, many=resource.model_field(k).many_to_many)
            for k, v in request.data.items()
            if k in resource.form_fields
        }
        data = stored(actor, obj, resource.form_fields) | given
        form = form_class(resource)(data, instance=obj, actor=actor, resource=resource)
        try:
            valid = form.is_valid()
        except (OverflowError, ValueError) as error:
            return problem(_("数值超出范围"), 400, errors={"": [str(error)]})
        parts = resource.form_parts(obj, actor, request.data)
        if not all([valid, *(part.is_valid() for part in parts)]):
            return refused(ValidationError(form.errors.as_data()), parts)
        if verb == "edit":
            version = request.data["version"]
            if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 2**31:
                return problem(_("version 必须是正整数"), 400, errors={"version": [_("必须是正整数")]})
            obj.version = version
        try:
            with transaction.atomic():
                key = onetime.claim(*once)
                how = {"verb": resource.permission(verb), "reason": str(request.data.get("reason", ""))}
                save_form(actor=actor, resource=resource, form=form, parts=parts, **how)
                onetime.settle(key, str(obj.pk))
        except onetime.AlreadyDone as done:
            return Response(self._shown([self._find(done.answer)])[0], status=200)
        except ValidationError as error:
            return refused(error, parts)
        except StaleObject as stale:
            return problem(str(stale), 409, difference=difference(stale.obj, stale.current, resource))
        return Response(self._shown([self._find(str(obj.pk))])[0], status=status)


def plain(value, *, many: bool = False):
    """A JSON value as somebody types it into a form: text, or with ``many`` a list; a NUL can be stored nowhere."""
    if value is None:
        return None
    if many and isinstance(value, list):
        return [plain(each) for each in value]
    return str(value).replace("\x00", "")


def once_key(request: Request) -> tuple[str, int, str]:
    """The Idempotency-Key, which speaks of this address, this person and this content only."""
    key = request.headers.get("Idempotency-Key", "")
    content = hashlib.sha256(json.dumps(request.data, sort_keys=True).encode()).hexdigest() if key else ""
    return f"{request.method} {request.path} {key}" if key else "", request.actor.user_id, content


def viewset_for(resource: Resource) -> type[ResourceViewSet]:
    rows = serializer_for(resource)
    serializer = documented(resource, rows)
    name = resource.model.__name__
    filters = [
        OpenApiParameter(f, OpenApiTypes.STR, description=resource.field_label(f)) for f in resource.filters
    ] + [OpenApiParameter("q", OpenApiTypes.STR, description="快速查找：汉字、拼音首字母、编号")]
    if resource.model.tracked:
        filters.append(OpenApiParameter("as_of", OpenApiTypes.DATE, description="按该日终了时的情况：当时存在的行、当时的值"))
    errors = {400: PROBLEM, 403: PROBLEM, 404: PROBLEM, 429: PROBLEM}
    tag = {"tags": [resource.name]}
    described = extend_schema_view(
        list=extend_schema(parameters=filters, responses={200: serializer(many=True), **errors},
                           operation_id=f"{resource.name}_list", **tag),
        retrieve=extend_schema(responses={200: serializer, **errors}, operation_id=f"{resource.name}_read", **tag),
        create=extend_schema(parameters=[KEY], request=serializer, operation_id=f"{resource.name}_create",
                             responses={201: serializer, 200: serializer, 409: PROBLEM, **errors}, **tag),
        partial_update=extend_schema(request=serializer, operation_id=f"{resource.name}_edit",
                                     responses={200: serializer, 409: PROBLEM, **errors}, **tag),
        destroy=extend_schema(responses={204: None, **errors}, operation_id=f"{resource.name}_retire", **tag),
    )  # fmt: skip
    made = type(f"{name}ViewSet", (ResourceViewSet,), {"resource": resource, "serializer_class": serializer, "rows": rows,
                                                        "queryset": resource.model._base_manager.none()})  # fmt: skip
    return described(made)


def _views(resource: Resource) -> tuple:
    viewset = viewset_for(resource)
    many = {"get": "list"} | ({"post": "create"} if resource.editable else {})
    one = {"get": "retrieve"} | (
        {"patch": "partial_update", "delete": "destroy"} if resource.editable else {}
    )
    return viewset.as_view(many), viewset.as_view(one)


_cache: dict[str, tuple[Resource, tuple]] = {}


def _cached(resource: Resource) -> tuple:
    known = _cache.get(resource.name)
    if known is None or known[0] is not resource:
        known = _cache[resource.name] = (resource, _views(resource))
    return known[1]


def serializer_of(resource: Resource) -> type[serializers.ModelSerializer]:
    """The one serializer that stands for the resource in the OpenAPI document."""
    return _cached(resource)[1].cls.serializer_class


def told(resource: Resource, rows: Sequence, request: Request) -> list[dict]:
    """Rows as the API tells them: fields, labels, and what the features add."""
    out = list(_cached(resource)[1].cls.rows(rows, many=True, context={"request": request}).data)
    for feature in resource.features:
        more = feature.represent(resource, rows, request.actor)
        out = [row | more.get(row["id"], {}) for row in out]
    return out


@login_not_required  # DRF asks for the sign-in itself and answers 403, not with a sign-in page
def many(request: HttpRequest, resource: Resource):
    return _cached(resource)[0](request)


@login_not_required
def one(request: HttpRequest, resource: Resource, pk: int):
    return _cached(resource)[1](request, pk=str(pk))


class Schema(SpectacularAPIView):
    """OpenAPI of the resources served right now."""

    class generator_class(SchemaGenerator):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs | {"patterns": patterns()})


def patterns() -> list:
    out = []
    for resource in registry.all_resources():
        many_view, one_view = _cached(resource)
        out.append(path(f"api/v1/{resource.name}/", many_view))
        out.append(path(f"api/v1/{resource.name}/<int:pk>/", one_view))
    return [*out, *(extra for r in registry.all_resources() for more in _more for extra in more(r))]


_more: list[Callable[[Resource], list]] = []
"""What else has addresses in the API: the verbs of a flow."""


def also(patterns_of: Callable[[Resource], list]) -> None:
    _more.append(patterns_of)


urlpatterns = [
    path("schema/", Schema.as_view(), name="schema"),
    path("<res:resource>/", many),
    path("<res:resource>/<int:pk>/", one),
]
