"""Schemathesis over the OpenAPI of all resources: no 500, every answer as documented."""

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from shian.kernel.resources.api import Schema

pytestmark = [pytest.mark.full, pytest.mark.django_db]
CHECKS = (not_a_server_error, status_code_conformance, response_schema_conformance)
TOKEN = "a" * 32


@pytest.fixture
def one_connection():
    """The test's transaction must survive the requests: nobody closes the connection after each."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_endpoint_under_random_input(cast, one_connection):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"
    schema = schemathesis.openapi.from_dict(Schema.generator_class().get_schema(request=None, public=True))
    handler = WSGIHandler()

    def app(environ, start_response):
        """The product as the signed-in administrator's browser would reach it."""
        return handler(environ | {"HTTP_COOKIE": cookie, "HTTP_X_CSRFTOKEN": TOKEN}, start_response)

    schema.app = app
    faults = [_hammer(found.ok()) for found in schema.get_all_operations()]
    assert len(faults) >= 20
    assert "\n".join(filter(None, faults)) == ""


def _hammer(operation) -> str:
    """What a dozen random calls of one operation found; empty when all was as documented."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def check(case):
        response = case.call(base_url="http://testserver")
        case.validate_response(response, checks=CHECKS)

    try:
        check()
    except FailureGroup as group:
        said = (f"{f.title} {f.message[:300]} {f.case_id or ''}" for f in group.exceptions)
        return f"{operation.label}: " + "; ".join(said)
    return ""
