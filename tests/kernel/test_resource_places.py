from tests.resource_suite import ResourceTests


class TestPlaces(ResourceTests):
    resource = "places"

    def sample(self, cast):
        return {"name": "新设乡", "kind": "township", "code": "990121099000", "parent": cast.county.pk}


class TestPopulations(ResourceTests):
    resource = "populations"
    change = ("persons", 512000)

    def sample(self, cast):
        return {"place": cast.places["东河镇"].pk, "year": 2025, "persons": 43210, "source": "演示统计年鉴"}
