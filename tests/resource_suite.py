"""The generated suite of a resource: inherit, name the resource, give one valid sample.

    class TestUnits(ResourceTests):
        resource = "units"
        roads = Roads(place="place", everyone=True)

        def sample(self, cast):
            return {"name": "演示县新设局", "kind": "department", "place": cast.county.pk, "sort": 100}

``sample`` gives the form values of a new row, ``change`` is one field and another valid value for it, ``roads`` says
again how rows are reached. The suite lays the sample in both counties and every domain, and judges what each member
of the cast (``tests/oracle.py``) sees and does by an oracle that asks nothing of the code under test.
"""

from __future__ import annotations

import pytest

from shian.kernel.resources.api import Schema
from tests.oracle import Roads
from tests.suite import declared
from tests.suite.books import Books
from tests.suite.rows import SUITES


class ResourceTests(Books):
    @pytest.fixture(autouse=True)
    def _use(self, cast):
        self.prepare(cast)

    def rows(self):
        """Live rows the editor sees."""
        self.consult()
        return self.model.unscoped.filter(pk__in=self.seen(self.editor))

    def create(self, **values):
        """The answer to the editor's form with the sample and these values."""
        sent = {
            k: v for k, v in (self.sample(self.cast) | values).items() if v is not None and v is not False
        }
        return self.client_of(self.editor).post(f"{self.base}new/", sent)

    def made(self):
        """A row made from the sample through the form."""
        before = set(self.model.unscoped.values_list("pk", flat=True))
        response = self.create()
        assert response.status_code == 302, response.context["form"].errors
        return self.model.unscoped.exclude(pk__in=before).get()

    def test_the_sample_is_valid_as_it_stands(self):
        row = self.made()
        assert self.client_of(self.editor).get(declared.url(self.declared, row)).status_code == 200

    def test_endpoints_stand_in_openapi(self):
        document = Schema.generator_class().get_schema(request=None, public=True)
        assert f"/api/v1/{self.resource}/" in document["paths"]


__all__ = ["SUITES", "ResourceTests", "Roads"]
