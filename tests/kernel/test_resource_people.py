from tests.resource_suite import ResourceTests


class TestUsers(ResourceTests):
    resource = "users"

    def sample(self, cast):
        unit = cast.units["财政局"].pk
        return {"username": "caizheng", "name": "何平", "unit": unit, "is_active": True, "phone": "13900000000"}


class TestUnitAliases(ResourceTests):
    resource = "unit-aliases"

    def sample(self, cast):
        return {"name": "县市监局", "unit": cast.units["市场监督管理局"].pk, "place": cast.county.pk}
