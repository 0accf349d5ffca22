from tests.resource_suite import ResourceTests, Roads


class TestUnits(ResourceTests):
    resource = "units"
    roads = Roads(place="place", everyone=True)
    uniform = ("credit_code",)

    def sample(self, cast):
        return {"name": "演示县新设局", "short_name": "县新设局", "kind": "department", "place": cast.county.pk, "sort": 100, "parent": cast.units["office"].pk}
