from django.test import Client
from tests.resource_suite import ResourceTests, Roads

from shian.kernel.changes.models import Change
from shian.kernel.places.models import Place
from shian.kernel.scopes.models import Role


class TestUsers(ResourceTests):
    resource = "users"
    roads = Roads(place="unit.place", units=("unit",), user="self")
    uniform = ("email",)

    def sample(self, cast):
        unit = cast.units["财政局"].pk
        return {
            "username": "caizheng",
            "name": "何平",
            "unit": unit,
            "is_active": True,
            "phone": "13900000000",
        }


class TestUnitAliases(ResourceTests):
    resource = "unit-aliases"
    roads = Roads(place="place", everyone=True)

    def sample(self, cast):
        return {"name": "县市监局", "unit": cast.units["市场监督管理局"].pk, "place": cast.county.pk}


class TestGrants(ResourceTests):
    resource = "grants"
    roads = Roads(place="user.unit.place", user="user")
    change = ("detail", "counts")
    uniform = ("valid_from", "valid_to", "state", "detail")

    def another(self, name, value, number):
        """Nobody of the cast is kept from giving what shows no personal values (``test_takeover`` has the rest)."""
        return value if name == "detail" else super().another(name, value, number)

    def where(self, spot):
        """A grant lies where its holder does, and covers no more than that."""
        return super().where(spot) | {"places": [self.key_at(Place, spot)]}

    def sample(self, cast):
        user, role = cast.users["xiling"].pk, Role.unscoped.get(code="reader").pk
        return {"user": user, "role": role, "places": [cast.places["西岭镇"].pk], "detail": "masked"}


def test_nobody_grants_beyond_his_own_territory(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    values = {
        "user": cast.users["xiling"].pk,
        "role": Role.unscoped.get(code="office").pk,
        "places": [cast.city.pk],
        "detail": "full",
    }
    refused = client.post("/grants/new/", values)
    assert refused.status_code == 422
    assert "超出您的权限范围" in str(refused.context["form"].errors["places"])
    made = client.post("/grants/new/", values | {"places": [cast.places["西岭镇"].pk]})
    assert made.status_code == 302
    row = Change.unscoped.filter(object_type="scopes.grant").first()
    assert row.diff["places"] == [[], [cast.places["西岭镇"].pk]]


def test_a_new_password_is_shown_once_and_works(cast):
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    page = client.post(f"/users/{cast.users['xiling'].pk}/password/")
    password = page.context["password"]
    assert password in page.content.decode() and page["Cache-Control"].startswith("max-age=0")
    assert Client().login(username="xiling", password=password)
    stranger = Client()
    stranger.force_login(cast.users["donghe"])
    assert stranger.post(f"/users/{cast.users['xiling'].pk}/password/").status_code in {403, 404}
