"""Schema-valid is not compliant: every profile refuses every event that lacks one key data element, and says which,
by which article, and where to write it."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from tests.core.epcis.test_jsonld import CONTEXT

from shian.core.epcis import load_profile, profile_names, validate
from shian.core.epcis.profiles import Element, Profile, Requirement
from shian.site.demo.economy import documents, generate

LOT = "https://id.gs1.org/01/09521234000013/10/L1"
SELLER, BUYER = "https://id.gs1.org/417/9521234000013", "urn:epc:id:pgln:9521234.00002"
PLACE = "https://id.gs1.org/414/9521234000037"
NO_GTIN, NO_LOT = "urn:ex:class:milk", "https://id.gs1.org/01/09521234000013"
STEPS = [(name, r) for name in profile_names() for r in load_profile(name).requirements]


def document(events: list[dict[str, Any]], masters: dict[str, set[str]] | None = None) -> bytes:
    elements = [
        {
            "id": party,
            "attributes": [{"id": f"urn:epcglobal:cbv:mda#{n}", "attribute": "某"} for n in sorted(names)],
        }
        for party, names in (masters or {}).items()
    ]
    vocabulary = {"type": "urn:epcglobal:epcis:vtype:Party", "vocabularyElementList": elements}
    return json.dumps(
        {
            "@context": [*CONTEXT, {"kde": "urn:shian:kde:"}], "type": "EPCISDocument", "schemaVersion": "2.0",
            "creationDate": "2026-03-15T10:11:12Z", "epcisBody": {"eventList": events},
            "epcisHeader": {"epcisMasterData": {"vocabularyList": [vocabulary]}},
        }
    ).encode()  # fmt: skip


class Record:
    """An event under a requirement, to which elements are written at chosen places."""

    def __init__(self, requirement: Requirement) -> None:
        kind = requirement.types[0]
        self.goods: dict[str, Any] = {"epcClass": NO_GTIN if kind == "ObjectEvent" else NO_LOT}
        self.inputs: dict[str, Any] = {"epcClass": NO_LOT}
        self.masters: dict[str, set[str]] = {}
        self.event: dict[str, Any] = {
            "type": kind,
            "eventTime": "2026-03-01T08:00:00Z",
            "eventTimeZoneOffset": "+08:00",
        }
        if requirement.steps:
            self.event["bizStep"] = requirement.steps[0]
        if kind == "TransformationEvent":
            self.event |= {"inputQuantityList": [self.inputs], "outputQuantityList": [self.goods]}
        else:
            self.event |= {"action": (requirement.actions or ("OBSERVE",))[0], "quantityList": [self.goods]}

    def write(self, place: str, value: str = "2026-03-01") -> None:
        kind, _, rest = place.partition(":")
        match kind:
            case "field":
                self.event[f"kde:{rest}"] = value
            case "master":
                role, _, name = rest.partition(":")
                if role == "place":
                    self.event["readPoint"] = {"id": PLACE}
                    self.masters.setdefault("urn:epc:id:sgln:9521234.00003.0", set()).add(name)
                    return
                party = SELLER if role == "source" else BUYER
                self.event[f"{role}List"] = [{"type": "owning_party", role: party}]
                same = (
                    "urn:epc:id:pgln:9521234.00001" if role == "source" else BUYER
                )  # another spelling of it
                self.masters.setdefault(same, set()).add(name)
            case "product" | "lot":
                self.goods["epcClass"] = LOT
            case "quantity":
                self.goods |= {"quantity": 3, "uom": "KGM"}
            case "transaction":
                self.event["bizTransactionList"] = [{"bizTransaction": "urn:ex:po:1"}]
            case "place":
                self.event["readPoint"] = {"id": "urn:ex:place"}
            case "inputs":
                self.inputs["epcClass"] = LOT
            case "sensor":
                report = {"type": rest, "value": 3.5, "uom": "CEL"}
                self.event["sensorElementList"] = [{"sensorReport": [report]}]
            case _:
                raise AssertionError(place)

    def lacks(self, profile: Profile, requirement: Requirement) -> list[str]:
        """Labels of the elements said to be missing under ``requirement``."""
        data = document([self.event], self.masters)
        assert validate(data) == ()
        said = [
            p.message
            for p in validate(data, profile)
            if f"（{requirement.title}；{requirement.source}）" in p.message
        ]
        return [re.match("缺少“(.*?)”", message)[1] for message in said]  # type: ignore[index]


def fields_first(element: Element) -> str:
    """A place that no other element shares, where there is one."""
    return next((p for p in element.find if p.startswith("field:")), element.find[0])


def complete(requirement: Requirement, but: str = "") -> Record:
    record = Record(requirement)
    for element in requirement.elements:
        if element.name == but and "lot" in element.find:
            record.goods["epcClass"] = NO_LOT  # identifiers of other vocabularies name lots as they like
        if element.name != but:
            record.write(fields_first(element))
    return record


CASES = [
    pytest.param(name, requirement, element, id=f"{name}-{requirement.title}-{element.name}")
    for name, requirement in STEPS
    for element in requirement.elements
]


@pytest.mark.parametrize(("name", "requirement", "element"), CASES)
def test_each_missing_element_of_each_step_is_the_one_refused(
    name: str, requirement: Requirement, element: Element
) -> None:
    profile = load_profile(name)
    assert complete(requirement).lacks(profile, requirement) == []
    assert complete(requirement, element.name).lacks(profile, requirement) == [element.label]
    for place in element.find:  # each place is enough by itself
        record = complete(requirement, element.name)
        record.write(place)
        assert record.lacks(profile, requirement) == [], place
    if fields_first(element).startswith("field:"):
        record = complete(requirement, element.name)
        record.write(fields_first(element), " ")
        assert record.lacks(profile, requirement) == [element.label]
        record.write(fields_first(element), "明天")
        assert record.lacks(profile, requirement) == ([element.label] if element.date else [])


@pytest.mark.parametrize("name", profile_names())
def test_a_refusal_says_what_to_do(name: str) -> None:
    profile = load_profile(name)
    assert load_profile(profile.title) is profile
    for requirement in profile.requirements:
        problems = validate(document([Record(requirement).event]), profile)
        for problem in problems:
            element = problem.rule.removeprefix(f"profile.{name}.")
            assert problem.path == "epcisBody.eventList[0]" and element.isidentifier()
            assert re.fullmatch(r"缺少“.+”（.+；.+）。可写在：.+", problem.message), problem.message


def test_a_pallet_counts_with_what_the_document_says_is_in_it() -> None:
    profile = load_profile("catering")
    pallet, outer = "https://id.gs1.org/00/095212340000000013", "urn:ex:container:1"
    record = complete(profile.requirements[0])
    event = {**record.event, "quantityList": [], "epcList": [outer]}
    for field in ("productName", "specification", "productionDate", "lotNumber"):
        event.pop(f"kde:{field}", None)
    goods = {"epcClass": LOT, "quantity": 3, "uom": "KGM"}
    head = {
        "type": "AggregationEvent",
        "action": "ADD",
        "eventTime": "2026-03-01T07:00:00Z",
        "eventTimeZoneOffset": "+08:00",
    }
    packed = {**head, "parentID": "urn:epc:id:sscc:9521234.0000000001", "childQuantityList": [goods]}
    loaded = {**head, "parentID": outer, "childEPCs": [pallet]}
    round_ = {**head, "parentID": pallet, "childEPCs": [outer]}
    assert {p.rule for p in validate(document([event]), profile)} == {
        "profile.catering.name",
        "profile.catering.specification",
    }
    assert validate(document([packed, loaded, event]), profile) == ()
    assert validate(document([packed, loaded, round_, event]), profile) == ()


@pytest.mark.parametrize("name", profile_names())
def test_a_generated_economy_is_compliant_once_it_has_what_the_refusals_ask_for(name: str) -> None:
    """The documents of the economy hold no key data; written where the messages say, they are enough."""
    profile = load_profile(name)
    tree = json.loads(next(documents(generate(200, seed=3), size=300)))
    tree["@context"].append({"kde": "urn:shian:kde:"})
    before = validate(json.dumps(tree).encode(), profile)
    assert len(before) > 50
    events = tree["epcisBody"]["eventList"]
    by_name = {e.name: e for r in profile.requirements for e in r.elements}
    for problem in before:
        event = events[int(problem.path.partition("[")[2][:-1])]
        record = Record(profile.requirements[0])
        record.event, record.goods = event, copy.copy(record.goods)
        element = by_name[problem.rule.rpartition(".")[2]]
        record.write(fields_first(element))
    after = validate(json.dumps(tree).encode(), profile)
    assert [p for p in after if not p.rule.endswith((".quantity", ".lot"))] == []


def test_elements_of_a_catch_are_found_inside_the_containers_of_the_seafood_vocabulary() -> None:
    profile = load_profile("示例")
    caught = {
        "cbvmda:vesselName": "浙普渔 60001", "cbvmda:vesselID": "3301", "cbvmda:vesselFlagState": "CN",
        "cbvmda:catchArea": "urn:gdst:fao:61", "cbvmda:fishingGearTypeCode": "urn:gdst:gear:1.2",
    }  # fmt: skip
    ilmd = {
        "cbvmda:productionMethodForFishAndSeafoodCode": "MARINE_FISHERY",
        "cbvmda:vesselCatchInformationList": {"cbvmda:vesselCatchInformation": [caught]},
    }
    event = {
        "@context": {"gdst": "https://traceability-dialogue.org/epcis"},
        "type": "ObjectEvent", "eventTime": "2026-03-01T08:00:00Z", "eventTimeZoneOffset": "+08:00", "action": "ADD",
        "bizStep": "urn:gdst:bizStep:fishingEvent", "gdst:productOwner": "urn:ex:party:1", "ilmd": ilmd,
        "cbvmda:informationProvider": "urn:ex:party:1",
        "quantityList": [{"epcClass": "urn:ex:lot:1", "quantity": 5, "uom": "TNE"}],
    }  # fmt: skip
    assert validate(document([event]), profile) == ()
    del caught["cbvmda:catchArea"]
    (problem,) = validate(document([event]), profile)
    assert problem.rule == "profile.示例.catch_area" and "捕捞海域" in problem.message
