"""A grant that waits for a second person stands on that person's landing page, once, and not on the proposer's."""

from tests.kernel.test_granting import give, second  # noqa: F401

from shian.kernel.day import today
from shian.kernel.inbox.waiting import Group, groups
from shian.kernel.scopes.models import Grant
from shian.kernel.scopes.queries import actor_for


def shown(user, url):
    """Labels of the groups that show ``url`` to ``user``."""
    parts = [part for part in groups(actor_for(user), today()) if isinstance(part, Group)]
    return [str(part.label) for part in parts for item in part.items if item.url == url]


def test_who_proposed_a_grant_does_not_find_it_among_what_waits_for_him(cast, second):  # noqa: F811
    assert give(cast, "guanliyuan", "admin").status_code == 201
    row = Grant.unscoped.get(state="asked")
    assert shown(cast.users["guanliyuan"], f"/grants/{row.pk}/") == []
    assert shown(second, f"/grants/{row.pk}/") == ["待复核的授权"]
