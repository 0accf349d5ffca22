"""Addresses of verbs, of every resource that has a flow."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from shian.kernel.flows import bulk, pages
from shian.kernel.flows.declare import Case
from shian.kernel.listing.bulk import chosen
from shian.kernel.resources.resource import Resource
from shian.kernel.scopes.numbers import keys as whole_keys


def _case(resource: Resource) -> Case:
    if resource.case is None:
        raise Http404
    return resource.case


def verb_page(request: HttpRequest, resource: Resource, pk: int, verb: str) -> HttpResponse:
    return pages.verb_page(request, _case(resource), pk, verb)


@require_POST
def bulk_page(request: HttpRequest, resource: Resource, verb: str) -> HttpResponse:
    """A selection of the list taken through one verb."""
    given = request.POST.get("keys")
    keys = chosen(request, resource) if given is None else whole_keys(given.split(","))
    return pages.bulk_page(request, _case(resource), keys, verb)


def bulk_report(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    return bulk.bulk_report(request, _case(resource), pk)


app_name = "handling"
urlpatterns = [
    path("<res:resource>/bulk/report/<int:pk>/", bulk_report, name="report"),
    path("<res:resource>/bulk/<slug:verb>/", bulk_page, name="bulk"),
    path("<res:resource>/<int:pk>/<slug:verb>/", verb_page, name="verb"),
]
