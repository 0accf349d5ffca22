"""The demo county (演示): invented places, units and people and what each app adds, made through the same actions as real use."""


class NotEmpty(Exception):
    """The database holds users already; demo data would mix with them."""


def load(if_empty: bool = True) -> bool:
    """Loads everything the demo shows, all of it or nothing. False when the database was not empty.

    Raises :class:`NotEmpty` then if ``if_empty`` is not set.
    """
    from django.db import transaction

    from shian.kernel.app import installed
    from shian.kernel.day import today
    from shian.kernel.people.models import User

    from .cast import make_cast

    if User.unscoped.exists():
        if if_empty:
            return False
        raise NotEmpty("数据库中已有用户，演示数据只能载入空数据库；可另设 SHIAN_DATA 目录")
    with transaction.atomic():
        cast = make_cast()
        for app in installed():
            if app.demo:
                app.part(app.demo)(cast, today())
    return True
