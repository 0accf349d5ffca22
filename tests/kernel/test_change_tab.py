"""What was changed, by whom and why, stands on the page of a row."""

from django.test import Client

from shian.kernel.changes.writer import change
from shian.kernel.people.models import Unit


def test_changes_stand_on_the_page_of_a_row(cast):
    unit = Unit.unscoped.get(pk=cast.units["财政局"].pk)
    unit.short_name = "县财政"
    with change(cast.actor("guanliyuan"), "unit.edit", reason="更正简称") as w:
        w.save(unit)
    client = Client()
    client.force_login(cast.users["guanliyuan"])
    page = client.get(f"/units/{unit.pk}/").content.decode()
    assert "更正简称" in page and "县财政局" in page and "刘洋" in page
