"""``POST /api/v1/<resource>/<pk>/<verb>/``: the same form and the same action as the page of the verb."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from shian.kernel.changes import onetime
from shian.kernel.changes.taken import Taken
from shian.kernel.changes.writer import StaleObject
from shian.kernel.flows import pages
from shian.kernel.flows.actions import perform_one
from shian.kernel.flows.declare import Case
from shian.kernel.flows.forms import form_for
from shian.kernel.flows.presentation import verb_label
from shian.kernel.resources import api
from shian.kernel.resources.resource import Resource


@login_not_required
def one(request: HttpRequest, resource: Resource, pk: int, verb: str):
    case = resource.case
    if case is None or case.offered(verb) is None:
        raise Http404
    return _view(resource, verb)(request, pk=pk)


def _view(resource: Resource, verb: str):
    case = resource.case
    serializer = api.serializer_of(resource)

    @extend_schema(
        request=_request(case, verb), parameters=[api.KEY], tags=[resource.name],
        operation_id=f"{resource.name}_{verb}", description=verb_label(case, verb),
        responses={200: serializer, **dict.fromkeys((400, 403, 404, 409, 429), api.PROBLEM)},
    )  # fmt: skip
    @api_view(["POST"])
    def view(request, pk: int):
        return _perform(request, resource, pk, verb)

    return view


def _perform(request, resource: Resource, pk: int, verb: str):
    """The same form and the same action as the page; the answer is the row as it stands now."""
    case, actor = resource.case, request.actor
    if not isinstance(request.data, dict):
        return api.problem(_("请求体必须是 JSON 对象"), 400)
    obj = pages.find(request, case, pk)
    once = api.once_key(request)
    if onetime.answered(*once) is not None:
        return _row(request, resource, pk)
    version = request.data.get("version")
    if version is not None and (type(version) is not int or not 0 < version < 2**31):
        return api.problem(_("version 必须是正整数"), 400, errors={"version": [_("必须是正整数")]})
    given = {name: api.plain(value, many=True) for name, value in request.data.items()}
    form = form_for(case, verb, obj, actor, given)
    if form is not None:
        many = {n for n, f in form.fields.items() if getattr(f.widget, "allow_multiple_selected", False)}
        form.data = {n: v if n in many or not isinstance(v, list) else str(v) for n, v in given.items()}
    try:
        if form is not None and not form.is_valid():
            return api.problem(_("数据有误"), 400, errors={k: list(v) for k, v in form.errors.items()})
        with transaction.atomic():
            key = onetime.claim(*once)
            said = {} if form is None else form.cleaned_data
            perform_one(actor=actor, case=case, verb=verb, obj=obj, said=said, version=version)
            onetime.settle(key, str(pk))
    except onetime.AlreadyDone:
        pass
    except (OverflowError, ValueError) as error:
        return api.problem(_("数值超出范围"), 400, errors={"": [str(error)]})
    except PermissionDenied as refused:
        return api.problem(str(refused) or _("您没有权限进行此操作"), 403)
    except ValidationError as refused:
        return api.problem(_("不能办理"), 409 if isinstance(refused, Taken) else 400, errors=_errors(refused))
    except StaleObject as stale:
        return api.problem(str(stale), 409)
    return _row(request, resource, pk)


def _row(request, resource: Resource, pk: int):
    row = resource.visible(request.actor).filter(pk=pk).first()
    if row is None:
        return api.problem(_("已办理；您已无权查看这条记录"), 200)
    return Response(api.told(resource, [row], request)[0])


def _errors(refused: ValidationError) -> dict[str, list[str]]:
    return refused.message_dict if hasattr(refused, "error_dict") else {"": refused.messages}


def _request(case: Case, verb: str):
    """The body of a verb as OpenAPI knows it: its version and the fields of its form."""
    fields: dict[str, serializers.Field] = {"version": serializers.IntegerField(required=False)}
    row = case.flow.verb[verb]
    own = case.look(verb).fields
    for name in own or row.needs:
        fields[name] = serializers.CharField(required=name in row.needs)
    return inline_serializer(f"{case.model.__name__}{verb.title().replace('_', '')}", fields)


def patterns(resource: Resource) -> list:
    """Addresses of the verbs, for the OpenAPI document."""
    case = resource.case
    return [
        path(f"api/v1/{resource.name}/<int:pk>/{row.verb}/", _view(resource, row.verb))
        for row in (case.rows() if case else ())
    ]


api.also(patterns)
urlpatterns = [path("<res:resource>/<int:pk>/<slug:verb>/", one)]
"""Below ``/api/v1/``, beside those of the resources."""
