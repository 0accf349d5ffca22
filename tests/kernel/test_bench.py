"""The generated suite over the tests' own entities."""

import pytest
from tests.bench_app.models import Finding, Remark
from tests.resource_suite import ResourceTests, Roads

from shian.kernel.changes.writer import change
from shian.kernel.scopes import SYSTEM


class TestCases(ResourceTests):
    resource = "bench-cases"
    roads = Roads(place="place", domain="domain", units=("owner",), shared="self")
    change = ("title", "改后的案由")
    uniform = ("state",)
    public = ("title", "kind", "happened_on", "amount", "place")
    hides = ("kind", "report")

    def is_public(self, row):
        return row.kind != "report"

    def sample(self, cast):
        return {
            "place": cast.county.pk, "domain": "food", "title": "超范围经营", "amount": 100, "kind": "routine",
            "happened_on": "2026-03-02", "owner": cast.units["office"].pk, "urgent": False, "phone": "13900000000",
        }  # fmt: skip

    def lay(self):
        """Findings with remarks below some cases; a retired remark or finding counts for nothing."""
        laid = super().lay()
        below = [(1, "标签", "已复查"), (1, "污渍", "标签"), (2, "过期", "另查"), (3, "标签", "")]
        with change(SYSTEM, "finding.create") as w:
            for place, text, remark in below:
                finding = Finding(case=laid[place].row, text=text, count=place)
                w.save(finding)
                if remark:
                    w.save(Remark(finding=finding, text=remark))
            gone = Finding(case=laid[0].row, text="标签", count=9)
            w.save(gone)
            w.retire(gone)
            note = Remark(finding=Finding.unscoped.filter(text="过期").last(), text="已复查")
            w.save(note)
            w.retire(note)
        return laid


@pytest.mark.full
class TestFindings(ResourceTests):
    resource = "bench-findings"
    roads = Roads(place="case.place", domain="case.domain", units=("case.owner",), shared="case")
    change = ("text", "改后的问题")

    def sample(self, cast):
        return {"case": self.key_at_county("case"), "text": "未查验", "count": 1}


@pytest.mark.full
class TestRemarks(ResourceTests):
    resource = "bench-remarks"
    roads = Roads(place="finding.case.place", domain="finding.case.domain")
    change = ("text", "改后的批注")

    def sample(self, cast):
        return {"finding": self.key_at_county("finding"), "text": "已复查"}


class TestPlain(ResourceTests):
    resource = "bench-plain"
    roads = Roads(place="place", domain="domain", units=("unit",))
    change = ("title", "改后的名称")
    public = ("code", "day", "unit", "urgent")

    def sample(self, cast):
        return {
            "place": cast.county.pk, "domain": "food", "title": "登记事项", "code": "台账", "number": 10,
            "day": "2026-03-02", "kind": "routine", "urgent": False, "unit": cast.units["office"].pk, "note": "首次",
            "case": self.key_at_county("case"),
        }  # fmt: skip
