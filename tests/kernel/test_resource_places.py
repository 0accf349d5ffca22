from tests.resource_suite import ResourceTests, Roads


class TestPlaces(ResourceTests):
    resource = "places"
    roads = Roads(place="parent", everyone=True)
    uniform = ("valid_from", "valid_to")

    def sample(self, cast):
        return {"name": "新设乡", "kind": "township", "code": "990121099000", "parent": cast.county.pk}


class TestPopulations(ResourceTests):
    resource = "populations"
    roads = Roads(place="place", everyone=True)
    change = ("persons", 512000)
    uniform = ("frozen_at",)

    def sample(self, cast):
        return {"place": cast.places["东河镇"].pk, "year": 2031, "persons": 43210, "source": "演示统计年鉴"}
